import { describe, expect, test } from "vitest";
import { choicesOf, refuseOtherChoices } from "../../src/cli/commands/plan-choices.ts";
import type { PlanChoices } from "../../src/model/saved-plan.ts";

const OPTIONS = { output: "text", color: false } as const;
const NONE = choicesOf({}, OPTIONS);

const choices = (change: Partial<PlanChoices>): PlanChoices => ({ ...NONE, ...change });

test("flags that are not given choose nothing", () => {
  expect(NONE).toEqual({
    only: [],
    withNeeds: false,
    prune: false,
    adopt: false,
    takeOver: false,
    forceConflicts: [],
    set: [],
  });
});

describe("beside a saved plan a flag is refused that would change what it does", () => {
  test.for<[string, Partial<PlanChoices>, Partial<PlanChoices>]>([
    ["--prune", {}, { prune: true }],
    ["--adopt", {}, { adopt: true }],
    ["--take-over", {}, { takeOver: true }],
    ["--with-needs", {}, { withNeeds: true }],
    ["--only", {}, { only: ["web"] }],
    ["--only", { only: ["web"] }, { only: ["db"] }],
    ["--set", { set: ["web.a=1"] }, { set: ["web.a=2"] }],
    ["--force-conflicts", {}, { forceConflicts: ["web"] }],
  ])("%s", ([flag, saved, asked]) => {
    expect(() => refuseOtherChoices(choices(saved), choices(asked))).toThrow(
      expect.objectContaining({ code: "usage", message: expect.stringMatching(new RegExp(`^${flag} has no place`)) }),
    );
  });
});

describe("one is taken that says the same, or nothing", () => {
  test.for<[string, Partial<PlanChoices>, Partial<PlanChoices>]>([
    ["nothing beside nothing", {}, {}],
    ["nothing beside what was chosen", { prune: true, only: ["web"], set: ["web.a=1"] }, {}],
    ["the same again", { prune: true, only: ["web"] }, { prune: true, only: ["web"] }],
  ])("%s", ([, saved, asked]) => {
    expect(() => refuseOtherChoices(choices(saved), choices(asked))).not.toThrow();
  });
});
