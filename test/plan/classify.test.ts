import { describe, expect, test } from "vitest";
import { classify, type ReleaseEvidence } from "../../src/plan/classify.ts";
import { INTENT, observed, recorded } from "./samples.ts";

/** Nothing has changed since flotilla made revision 3, but for what a test says. */
function evidence(change: Partial<ReleaseEvidence> = {}): ReleaseEvidence {
  return {
    stack: "demo",
    name: "web",
    namespace: "apps",
    inputsHash: "now",
    observed: observed(),
    recorded: recorded(),
    ownerAlive: false,
    adopt: false,
    takeOver: false,
    ...change,
  };
}

describe("what is to be done", () => {
  test.for<readonly [string, Partial<ReleaseEvidence>, string, RegExp]>([
    ["nothing there, nothing known", { observed: null, recorded: null }, "install", /^not installed$/],
    [
      "a first install was announced and never came to be",
      { observed: null, recorded: recorded({ revision: null, inputsHash: null, intent: INTENT }) },
      "install",
      /^not installed$/,
    ],
    ["ours is gone", { observed: null }, "install", /removed by somebody else/],
    [
      "ours is uninstalled, its history kept",
      { observed: observed({ status: "uninstalled" }) },
      "install",
      /removed by/,
    ],
    [
      "moved to another namespace",
      { observed: null, recorded: recorded({ namespace: "elsewhere" }) },
      "install",
      /^not installed$/,
    ],
    ["all as it was left", {}, "unchanged", /as flotilla left them/],
    ["other inputs now", { inputsHash: "new" }, "upgrade", /chart or values have changed/],
    ["the record has other inputs", { recorded: recorded({ inputsHash: "old" }) }, "upgrade", /chart or values/],
    ["the label has other inputs", { observed: observed({ inputsHash: "old" }) }, "upgrade", /chart or values/],
    [
      "somebody upgraded by hand: Helm carries our labels over",
      { observed: observed({ revision: 4 }) },
      "upgrade",
      /revision 4 was not made by flotilla, flotilla's last is 3/,
    ],
    [
      "rolled back by hand",
      { observed: observed({ revision: 5, inputsHash: "old" }) },
      "upgrade",
      /revision 5 was not/,
    ],
    ["the record is lost", { recorded: null }, "upgrade", /revision 3 was not made by flotilla$/],
    ["the label of the inputs is lost", { observed: observed({ inputsHash: null }) }, "upgrade", /revision 3 was not/],
    [
      "ours, installed anew by hand",
      { observed: observed({ stack: null, inputsHash: null, revision: 1 }) },
      "upgrade",
      /revision 1 was not made by flotilla, flotilla's last is 3/,
    ],
    ["the last attempt failed", { observed: observed({ status: "failed" }) }, "upgrade", /last attempt failed/],
    [
      "failed, though inputs and revision fit",
      { observed: observed({ status: "failed", deployedRevision: 2 }) },
      "upgrade",
      /failed/,
    ],
    ["a status that says nothing", { observed: observed({ status: "unknown" }) }, "upgrade", /Helm calls it unknown/],
    ["superseded by what is gone", { observed: observed({ status: "superseded" }) }, "upgrade", /calls it superseded/],
    [
      "our run died between helm's end and its own note",
      { observed: observed({ revision: 4 }), recorded: recorded({ intent: { ...INTENT, fromRevision: 3 } }) },
      "upgrade",
      /run run-7 died before it could note revision 4/,
    ],
    [
      "our run died before helm began",
      { recorded: recorded({ intent: INTENT }) },
      "unchanged",
      /as flotilla left them/,
    ],
  ])("%s", ([, change, action, reason]) => {
    const found = classify(evidence(change));
    expect(found).toMatchObject({ action, reason: expect.stringMatching(reason) });
  });
});

describe("what is in other hands is left alone", () => {
  const refusal = (change: Partial<ReleaseEvidence>) => classify(evidence(change));

  test.for<readonly [string, Partial<ReleaseEvidence>]>([
    ["made without flotilla", { observed: observed({ stack: null, inputsHash: null }), recorded: null }],
    [
      "made without flotilla, where ours is to move to",
      { observed: observed({ stack: null }), recorded: recorded({ namespace: "before" }) },
    ],
    [
      "made without flotilla, after a first install of ours that never came to be",
      { observed: observed({ stack: null }), recorded: recorded({ revision: null, inputsHash: null }) },
    ],
    [
      "made without flotilla and pending",
      { observed: observed({ stack: null, status: "pending-install" }), recorded: null },
    ],
  ])("%s", ([, change]) => {
    expect(refusal(change)).toMatchObject({
      action: "refused",
      code: "release-owned",
      message: "The release web in namespace apps exists already (revision 3) and was not made by flotilla.",
      hint: expect.stringContaining("up --adopt"),
    });
  });

  test.for<readonly [string, Partial<ReleaseEvidence>]>([
    ["of another stack", { observed: observed({ stack: "other" }), recorded: null }],
    ["of another stack, which took it when ours was gone", { observed: observed({ stack: "other" }) }],
    ["of another stack and failed", { observed: observed({ stack: "other", status: "failed" }) }],
  ])("%s", ([, change]) => {
    expect(refusal(change)).toMatchObject({
      action: "refused",
      code: "release-owned",
      message: 'The release web in namespace apps belongs to the stack "other", not to "demo".',
    });
  });
});

describe("what the user lets us take over", () => {
  const foreign = { stack: null, inputsHash: null };
  test.for<readonly [string, Partial<ReleaseEvidence>, object]>([
    [
      "a release made without flotilla",
      { adopt: true, recorded: null, observed: observed(foreign) },
      { action: "adopt", reason: "revision 3 was made without flotilla; it is taken over, and nothing is deleted" },
    ],
    [
      "an adoption that failed is one again",
      { observed: observed({ adopted: true, status: "failed" }) },
      { action: "adopt", reason: "the last attempt to take it over failed" },
    ],
    [
      "another stack's release is not adopted",
      { adopt: true, takeOver: true, recorded: null, observed: observed({ stack: "other" }) },
      { action: "refused", code: "release-owned" },
    ],
    [
      "adopting alone does not take over what is pending",
      { adopt: true, recorded: null, observed: observed({ ...foreign, status: "pending-upgrade" }) },
      { action: "refused", code: "release-locked" },
    ],
    [
      "what somebody left pending",
      { takeOver: true, observed: observed({ status: "pending-upgrade", deployedRevision: 2 }) },
      {
        action: "recover",
        reason:
          "somebody else left it pending-upgrade and is taken to be dead (--take-over); it is rolled back to revision 2 first",
      },
    ],
    [
      "a foreign first install is applied again, never uninstalled",
      {
        adopt: true,
        takeOver: true,
        recorded: null,
        observed: observed({ ...foreign, status: "pending-install", revision: 1, deployedRevision: null }),
      },
      { action: "recover", reason: expect.stringContaining("rolled back to revision 1 first") },
    ],
    [
      "not what a living process of ours is at",
      {
        takeOver: true,
        ownerAlive: true,
        observed: observed({ status: "pending-upgrade" }),
        recorded: recorded({ intent: INTENT }),
      },
      { action: "refused", code: "release-locked" },
    ],
  ])("%s", ([, change, found]) => {
    expect(classify(evidence(change))).toMatchObject(found);
  });
});

describe.for(["pending-install", "pending-upgrade", "pending-rollback", "uninstalling"] as const)("%s", (status) => {
  const pending = observed({ status });

  test("of a run of ours that is over is put right", () => {
    const found = classify(evidence({ observed: pending, recorded: recorded({ intent: INTENT }) }));
    expect(found).toEqual({
      action: "recover",
      reason: `run run-7 died while it was ${status}; it is ${status === "uninstalling" ? "uninstalled" : "rolled back to revision 3"} first`,
    });
  });

  test("of a run that may live is waited for, by name", () => {
    const found = classify(evidence({ observed: pending, recorded: recorded({ intent: INTENT }), ownerAlive: true }));
    expect(found).toMatchObject({
      action: "refused",
      code: "release-locked",
      message:
        `The release web in namespace apps is ${status}, ` +
        "by run run-7 (process 4711 on builder) since 2026-11-23T20:05:17Z.",
      hint: expect.stringContaining("up --take-over"),
    });
  });

  test.for([
    null,
    recorded(),
    recorded({ namespace: "before", intent: INTENT }),
    recorded({ intent: { ...INTENT, fromRevision: 1 } }),
    recorded({ intent: { ...INTENT, fromRevision: 3 } }),
  ])("of somebody else is left alone: %j", (record) => {
    expect(classify(evidence({ observed: pending, recorded: record }))).toMatchObject({
      action: "refused",
      code: "release-locked",
      message: `The release web in namespace apps is ${status}, by somebody other than flotilla.`,
    });
  });
});
