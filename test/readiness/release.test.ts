import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/model/json.ts";
import { isClusterScoped } from "../../src/manifest/cluster-scope.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { evaluate } from "../../src/readiness/evaluate.ts";
import { summarise } from "../../src/readiness/summary.ts";
import { readinessTargets } from "../../src/readiness/targets.ts";
import { condition, live, viewOf } from "./objects.ts";

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
  expect(readinessTargets(manifest, "shop", isClusterScoped)).toEqual([
    { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "web" },
    { apiVersion: "v1", kind: "Service", namespace: "edge", name: "web" },
    { apiVersion: "v1", kind: "Service", namespace: "shop", name: "db" },
    { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", namespace: null, name: "a.b" },
  ]);
});

test("how far a release is", () => {
  const targets = readinessTargets(manifest, "shop", isClusterScoped);
  const balancer = live("v1", "Service", { type: "LoadBalancer" }, {});
  const view = viewOf([
    live("apps/v1", "Deployment", { replicas: 2 }, { observedGeneration: 2, availableReplicas: 1 }),
    { ...balancer, metadata: { ...balancer.metadata, namespace: "edge" } },
  ]);
  expect(summarise(evaluate(targets, view))).toEqual({
    ready: 0,
    total: 4,
    awaiting: [
      "1/2 pods ready",
      "load balancer of web",
      "Service db to exist",
      "CustomResourceDefinition a.b to exist",
    ],
    failed: [],
  });
});

test("a failure is named with its object", () => {
  const late = condition("Progressing", "False", "ProgressDeadlineExceeded", "timed out");
  const deployment = live("apps/v1", "Deployment", {}, { observedGeneration: 2, conditions: [late] });
  const targets = readinessTargets([deployment], "shop", isClusterScoped);
  const progress = summarise(evaluate(targets, viewOf([deployment])));
  expect(progress).toMatchObject({ ready: 0, total: 1, awaiting: ["0/1 pods ready"] });
  expect(progress.failed).toEqual([{ object: targets[0], reason: "timed out" }]);
});

test("nothing to wait for is ready", () => {
  expect(summarise(evaluate([], viewOf()))).toEqual({ ready: 0, total: 0, awaiting: [], failed: [] });
});

test("of several workloads each count says whose it is", () => {
  const status = { observedGeneration: 2, availableReplicas: 1 };
  const web = live("apps/v1", "Deployment", { replicas: 2 }, status);
  const db = { ...live("apps/v1", "StatefulSet", { replicas: 1 }, { observedGeneration: 2 }) };
  const named = { ...db, metadata: { ...db.metadata, name: "db" } };
  const found = evaluate(readinessTargets([web, named], "shop", isClusterScoped), viewOf([web, named]));
  expect(summarise(found).awaiting).toEqual(["web: 1/2 pods ready", "db: 0/1 pods ready"]);
});

describe("what is not waited for", () => {
  const kinds = (objects: readonly KubeObject[]): readonly string[] =>
    readinessTargets(objects, "shop", isClusterScoped).map(({ kind }) => kind);
  const hook = (clientConfig: JsonObject): KubeObject => ({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: "v" },
    webhooks: [{ clientConfig }],
  });
  const service: KubeObject = { apiVersion: "v1", kind: "Service", metadata: { name: "istiod" } };
  const behind = { service: { name: "istiod", namespace: "shop" } };

  test("a webhook of another release's Service: that one may well need this release first", () => {
    expect(kinds([hook(behind)])).toEqual([]);
    expect(kinds([hook(behind), service])).toEqual(["ValidatingWebhookConfiguration", "Service"]);
    expect(kinds([hook({ url: "https://x" })])).toEqual(["ValidatingWebhookConfiguration"]);
  });

  test("an API that another release's Service serves", () => {
    const api = live("apiregistration.k8s.io/v1", "APIService", behind, {});
    expect(kinds([api])).toEqual([]);
    expect(kinds([api, service])).toEqual(["APIService", "Service"]);
  });

  test("what says so itself", () => {
    const metadata = { name: "web", annotations: { "flotilla.dev/wait": "false" } };
    expect(kinds([{ apiVersion: "apps/v1", kind: "Deployment", metadata }])).toEqual([]);
  });

  test("kinds that never say how they are; custom ones do", () => {
    const object = (apiVersion: string, kind: string): KubeObject => ({ apiVersion, kind, metadata: { name: "x" } });
    const silent = [
      object("v1", "ConfigMap"),
      object("rbac.authorization.k8s.io/v1", "Role"),
      object("autoscaling/v2", "HorizontalPodAutoscaler"),
      object("policy/v1", "PodDisruptionBudget"),
      object("networking.istio.io/v1", "VirtualService"),
    ];
    expect(kinds(silent)).toEqual([]);
    expect(kinds([object("example.com/v1", "Widget")])).toEqual(["Widget"]);
  });

  test("kinds that may not be read, and jobs that were tidied up", () => {
    const targets = readinessTargets(
      [live("apps/v1", "Deployment", {}, {}), live("batch/v1", "Job", {}, {})],
      "shop",
      isClusterScoped,
    );
    expect(summarise(evaluate(targets, viewOf([], "Deployment")))).toMatchObject({ ready: 2, awaiting: [] });
  });
});
