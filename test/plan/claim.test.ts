import { expect, test } from "vitest";
import type { ReleaseIntent } from "../../src/model/observed.ts";
import { couldHaveMade } from "../../src/plan/claim.ts";
import { INTENT } from "./samples.ts";

test.for<readonly [ReleaseIntent["action"], number | null, readonly number[]]>([
  ["install", null, [1]],
  ["upgrade", 3, [4]],
  ["uninstall", 3, [3]],
  ["recover", 3, [1, 3, 4, 5]],
])("%s announced at revision %j can have made %j", ([action, fromRevision, made]) => {
  const revisions = [1, 2, 3, 4, 5, 6];
  const found = revisions.filter((revision) => couldHaveMade({ ...INTENT, action, fromRevision }, { revision }));
  expect(found).toEqual(made);
});
