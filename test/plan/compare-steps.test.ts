import { describe, expect, test } from "vitest";
import type { ReleaseStep, Step } from "../../src/model/plan.ts";
import { compareSteps } from "../../src/plan/compare-steps.ts";
import { savedPlan } from "./saved-plans.ts";

const [WEB] = savedPlan().plan.steps as readonly Step[] as [ReleaseStep];
const NAMESPACE: Step = {
  kind: "namespace",
  id: "namespace/apps",
  needs: [],
  action: "install",
  reason: "it does not exist",
  namespace: "apps",
  labels: { team: "web" },
  annotations: {},
  pullSecretsFrom: [],
};
const CHANGE = {
  change: "change",
  apiVersion: "v1",
  kind: "ConfigMap",
  namespace: "apps",
  name: "web",
  destructive: false,
  replaced: false,
  loses: null,
  diff: "-a: 1\n+a: 2\n",
} as const;

test("nothing differs in the same steps, whatever their order", () => {
  expect(compareSteps([NAMESPACE, WEB], [{ ...WEB }, { ...NAMESPACE }])).toEqual([]);
});

describe("what is told for people only does not count", () => {
  test.for<[string, ReleaseStep, ReleaseStep]>([
    ["the reason", WEB, { ...WEB, reason: "other words" }],
    [
      "how a change looks: what is generated is another each time",
      { ...WEB, changes: [CHANGE] },
      { ...WEB, changes: [{ ...CHANGE, diff: "-a: 1\n+a: 3\n" }] },
    ],
  ])("%s", ([, saved, now]) => {
    expect(compareSteps([saved], [now])).toEqual([]);
  });
});

describe("what would be done otherwise is named", () => {
  test.for<[string, readonly Step[], readonly Step[], object]>([
    ["a step more", [WEB], [WEB, NAMESPACE], { subject: "namespace/apps", saved: "no such step", now: "install" }],
    ["a step less", [WEB, NAMESPACE], [WEB], { subject: "namespace/apps", saved: "install", now: "no such step" }],
    [
      "another action",
      [WEB],
      [{ ...WEB, action: "repair" }],
      { subject: "release/web", saved: "upgrade", now: "repair" },
    ],
    ["another order", [WEB], [{ ...WEB, needs: [] }], { subject: "release/web: needs", now: "[]" }],
    [
      "labels of a namespace",
      [NAMESPACE],
      [{ ...NAMESPACE, labels: { team: "db" } }],
      { subject: "namespace/apps: labels", saved: '{"team":"web"}', now: '{"team":"db"}' },
    ],
    ["force", [WEB], [{ ...WEB, forceConflicts: true }], { subject: "release/web: forceConflicts", now: "true" }],
    ["an object more", [WEB], [{ ...WEB, changes: [CHANGE] }], { subject: "release/web: changes" }],
    [
      "an object that would be destroyed",
      [{ ...WEB, changes: [CHANGE] }],
      [{ ...WEB, changes: [{ ...CHANGE, destructive: true }] }],
      { subject: "release/web: changes" },
    ],
  ])("%s", ([, saved, now, difference]) => {
    expect(compareSteps(saved, now)).toEqual([expect.objectContaining({ code: "step", ...difference })]);
  });
});
