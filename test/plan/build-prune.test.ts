import { expect, test } from "vitest";
import { pruneSteps, removedNotes } from "../../src/plan/build-prune.ts";

const release = (name: string, needs: readonly string[] = []) => ({ name, namespace: "apps", revision: 3, needs });

test("what left the stack file goes after all that stays, what stands on another before it", () => {
  const steps = pruneSteps([release("db"), release("app", ["db", "gateway"])], ["release/gateway"]);
  expect(steps.map(({ id, action, needs, revision }) => [id, action, needs, revision])).toEqual([
    ["prune/apps/db", "uninstall", ["release/gateway", "prune/apps/app"], 3],
    ["prune/apps/app", "uninstall", ["release/gateway"], 3],
  ]);
});

test("without --prune it is named", () => {
  expect(removedNotes([release("db")])).toEqual([
    "db (namespace apps) left the stack file and stays: --prune uninstalls it.",
  ]);
});
