import { expect, test } from "vitest";
import type { KubeObject, ObjectRef } from "../../src/model/kube-object.ts";
import { evaluate } from "../../src/readiness/evaluate.ts";
import { summarise } from "../../src/readiness/summary.ts";
import { readinessTargets } from "../../src/readiness/targets.ts";
import { condition, live } from "./objects.ts";

const manifest: readonly KubeObject[] = [
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "web" } },
  { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" } },
  { apiVersion: "v1", kind: "Service", metadata: { name: "web", namespace: "edge" } },
  { apiVersion: "v1", kind: "Service", metadata: { name: "db", namespace: "" } },
  {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "a.b", namespace: "x" },
  },
];

test("what a release is waited for: kinds with a rule, in the release's namespace unless they name one", () => {
  expect(readinessTargets(manifest, "shop")).toEqual([
    { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "web" },
    { apiVersion: "v1", kind: "Service", namespace: "edge", name: "web" },
    { apiVersion: "v1", kind: "Service", namespace: "shop", name: "db" },
    { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", namespace: null, name: "a.b" },
  ]);
});

test("how far a release is", () => {
  const targets = readinessTargets(manifest, "shop");
  const objects: Readonly<Record<string, KubeObject>> = {
    Deployment: live("apps/v1", "Deployment", { replicas: 2 }, { observedGeneration: 2, availableReplicas: 1 }),
    Service: live("v1", "Service", { type: "LoadBalancer" }, {}),
  };
  const lookup = ({ kind, name }: ObjectRef): KubeObject | null => (name === "web" ? (objects[kind] ?? null) : null);
  expect(summarise(evaluate(targets, lookup))).toEqual({
    ready: 0,
    total: 4,
    awaiting: [
      "web: 1/2 pods ready",
      "address of load balancer web",
      "Service db to exist",
      "CustomResourceDefinition a.b to exist",
    ],
    failed: [],
  });
});

test("a failure is named with its object", () => {
  const late = condition("Progressing", "False", "ProgressDeadlineExceeded", "timed out");
  const deployment = live("apps/v1", "Deployment", {}, { observedGeneration: 2, conditions: [late] });
  const targets = readinessTargets([deployment], "shop");
  const progress = summarise(evaluate(targets, () => deployment));
  expect(progress).toMatchObject({ ready: 0, total: 1, awaiting: ["web: 0/1 pods ready"] });
  expect(progress.failed).toEqual([{ object: targets[0], reason: "timed out" }]);
});

test("nothing to wait for is ready", () => {
  expect(summarise(evaluate([], () => null))).toEqual({ ready: 0, total: 0, awaiting: [], failed: [] });
});
