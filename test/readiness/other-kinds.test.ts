import { expect, test } from "vitest";
import type { JsonObject } from "../../src/model/json.ts";
import { readinessOf } from "../../src/readiness/rules.ts";
import { condition, live, viewOf } from "./objects.ts";

const CRD = "CustomResourceDefinition";
const PVC = "PersistentVolumeClaim";
const balancer = (...ingress: readonly JsonObject[]): JsonObject => ({ loadBalancer: { ingress } });

test.each<readonly [string, string, string, JsonObject, JsonObject, string, string | null]>([
  ["running", "batch/v1", "Job", {}, { active: 1 }, "waiting", "job to complete"],
  ["half done", "batch/v1", "Job", { completions: 4 }, { succeeded: 2 }, "waiting", "2/4 completions"],
  ["done", "batch/v1", "Job", {}, { conditions: [condition("Complete", "True")] }, "ready", null],
  ["not done", "batch/v1", "Job", {}, { conditions: [condition("Complete", "False")] }, "waiting", "job to complete"],
  ["failed", "batch/v1", "Job", {}, { conditions: [condition("Failed", "True")] }, "failed", "job to complete"],
  ["failing", "batch/v1", "Job", {}, { conditions: [condition("FailureTarget", "True")] }, "failed", "job to complete"],
  ["suspended", "batch/v1", "Job", { suspend: true }, {}, "waiting", "job to complete"],
  ["new", "apiextensions.k8s.io/v1", CRD, {}, {}, "waiting", "web to be established"],
  [
    "established",
    "apiextensions.k8s.io/v1",
    CRD,
    {},
    { conditions: [condition("Established", "True")] },
    "ready",
    null,
  ],
  [
    "colliding",
    "apiextensions.k8s.io/v1",
    CRD,
    {},
    { conditions: [condition("NamesAccepted", "False")] },
    "failed",
    "web to be established",
  ],
  ["bound", "v1", PVC, {}, { phase: "Bound" }, "ready", null],
  ["pending", "v1", PVC, {}, { phase: "Pending" }, "waiting", "volume claim web to be bound"],
  ["lost", "v1", PVC, {}, { phase: "Lost" }, "failed", "volume claim web to be bound"],
  ["inside", "v1", "Service", { type: "ClusterIP", clusterIP: "10.0.0.1" }, {}, "ready", null],
  ["headless", "v1", "Service", { clusterIP: "None" }, {}, "ready", null],
  ["external name", "v1", "Service", { type: "ExternalName", externalName: "x" }, {}, "ready", null],
  [
    "no address",
    "v1",
    "Service",
    { type: "LoadBalancer", clusterIP: "10.0.0.1" },
    balancer(),
    "waiting",
    "load balancer of web",
  ],
  ["empty address", "v1", "Service", { type: "LoadBalancer" }, balancer({}), "waiting", "load balancer of web"],
  ["an address", "v1", "Service", { type: "LoadBalancer" }, balancer({ ip: "192.0.2.1" }), "ready", null],
  ["a host name", "v1", "Service", { type: "LoadBalancer" }, balancer({ hostname: "lb.example" }), "ready", null],
  ["external addresses", "v1", "Service", { type: "LoadBalancer", externalIPs: ["192.0.2.1"] }, {}, "ready", null],
  ["knative's, not ours", "serving.knative.dev/v1", "Service", { type: "LoadBalancer" }, {}, "ready", null],
  ["without a rule", "v1", "ConfigMap", {}, {}, "ready", null],
])("%s: %s %s", (_name, apiVersion, kind, spec, status, state, awaiting) => {
  expect(readinessOf(live(apiVersion, kind, spec, status), viewOf())).toMatchObject({ state, awaiting });
});

test("the cluster's own words come along", () => {
  const backOff = condition("Failed", "True", "BackoffLimitExceeded", "Job has reached the specified backoff limit");
  expect(readinessOf(live("batch/v1", "Job", {}, { conditions: [backOff] }), viewOf()).reason).toBe(backOff["message"]);
  const taken = condition("NamesAccepted", "False", "ListKindConflict", '"WebList" is already in use');
  expect(readinessOf(live("apiextensions.k8s.io/v1", CRD, {}, { conditions: [taken] }), viewOf()).reason).toBe(
    taken["message"],
  );
  const installing = condition("Established", "False", "Installing", "the initial names have been accepted");
  expect(
    readinessOf(live("apiextensions.k8s.io/v1", CRD, {}, { conditions: [installing] }), viewOf()).reason,
  ).toBeNull();
});
