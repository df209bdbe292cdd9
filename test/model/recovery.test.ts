import { expect, test } from "vitest";
import type { ObservedRelease } from "../../src/model/observed.ts";
import { type Recovery, recoveryOf } from "../../src/model/recovery.ts";
import { observed } from "../plan/samples.ts";

test.for<readonly [Partial<ObservedRelease>, Recovery]>([
  [{ status: "pending-install", revision: 1, deployedRevision: null }, { action: "uninstall" }],
  [{ status: "uninstalling", revision: 4 }, { action: "uninstall" }],
  [
    { status: "pending-upgrade", revision: 4, deployedRevision: 3 },
    { action: "rollback", revision: 3 },
  ],
  [
    { status: "pending-upgrade", revision: 2, deployedRevision: null },
    { action: "rollback", revision: 1 },
  ],
  [
    { status: "pending-install", revision: 1, deployedRevision: null, adopted: true },
    { action: "rollback", revision: 1 },
  ],
  [
    { status: "pending-install", revision: 1, deployedRevision: null, stack: null },
    { action: "rollback", revision: 1 },
  ],
])("%j is put right by %j", ([change, recovery]) => {
  expect(recoveryOf(observed(change), "demo")).toEqual(recovery);
});
