import { expect, test } from "vitest";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { budgetsAgainst, unavailableInRollout } from "../../src/readiness/disruption.ts";

function deployment(replicas: number, strategy?: KubeObject["spec"]): KubeObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "in", namespace: "edge" },
    spec: { replicas, template: { metadata: { labels: { app: "in" } } }, ...(strategy && { strategy }) },
  };
}

function budget(disruptionsAllowed: number, app = "in", namespace = "edge"): KubeObject {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: app, namespace },
    spec: { selector: { matchLabels: { app } } },
    status: { disruptionsAllowed },
  };
}

test("a rollout takes away what its strategy says, a quarter rounded down where it says nothing", () => {
  expect([1, 2, 3, 4, 9].map((replicas) => unavailableInRollout(deployment(replicas)))).toEqual([0, 0, 0, 1, 2]);
  const half = { rollingUpdate: { maxUnavailable: "50%" } };
  expect([1, 2, 5].map((replicas) => unavailableInRollout(deployment(replicas, half)))).toEqual([0, 1, 2]);
  expect(unavailableInRollout(deployment(3, { rollingUpdate: { maxUnavailable: 2 } }))).toBe(2);
  expect(unavailableInRollout(deployment(3, { type: "Recreate" }))).toBe(3);
});

test("a budget stands against what takes more away than it allows, of the pods that it is about", () => {
  const eager = deployment(2, { rollingUpdate: { maxUnavailable: 1 } });
  expect(budgetsAgainst(eager, [budget(0)])).toHaveLength(1);
  expect(budgetsAgainst(eager, [budget(1), budget(0, "other"), budget(0, "in", "elsewhere")])).toEqual([]);
  expect(budgetsAgainst(deployment(2), [budget(0)])).toEqual([]);
});
