import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/model/json.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { readinessOf } from "../../src/readiness/rules.ts";
import { condition, live, pod, slice, viewOf } from "./objects.ts";

/** Rules that look at more than their own object: name, object, what is around it, state, awaiting, forbidden kinds. */
type Row = readonly [string, KubeObject, readonly KubeObject[], string, string | null, ...(readonly string[])];

function check(rows: readonly Row[]): void {
  test.for(rows)("%s", ([, object, around, state, awaiting, ...forbidden]) => {
    expect(readinessOf(object, viewOf(around, ...forbidden))).toMatchObject({ state, awaiting });
  });
}

describe("Service", () => {
  const selector = { app: "web" };
  const inside = live("v1", "Service", { type: "ClusterIP", clusterIP: "10.0.0.1", selector }, {});
  const running = pod("a", {}, { phase: "Running" }, { labels: { app: "web", tier: "front" } });
  const balancer = (ip: string): KubeObject =>
    live("v1", "Service", { type: "LoadBalancer", selector }, { loadBalancer: { ingress: [{ ip }] } });
  check([
    ["an endpoint is ready", inside, [slice("web", false, true)], "ready", null],
    ["readiness unknown counts", inside, [slice("web", null)], "ready", null],
    ["none is ready", inside, [slice("web", false), running], "waiting", "endpoints of service web"],
    ["no slice yet", inside, [running], "waiting", "endpoints of service web"],
    ["another service's endpoints", inside, [slice("other", true), running], "waiting", "endpoints of service web"],
    ["its selector fits no pod", inside, [pod("b", {}, {}, { labels: { app: "other" } })], "ready", null],
    ["only a pod that has ended", inside, [pod("b", {}, { phase: "Succeeded" }, { labels: selector })], "ready", null],
    ["without a selector", live("v1", "Service", { clusterIP: "10.0.0.1" }, {}), [], "ready", null],
    ["headless", live("v1", "Service", { clusterIP: "None", selector }, {}), [running], "ready", null],
    ["external name", live("v1", "Service", { type: "ExternalName", selector }, {}), [running], "ready", null],
    ["an address, no endpoints", balancer("192.0.2.1"), [running], "waiting", "endpoints of service web"],
    ["an address and endpoints", balancer("192.0.2.1"), [running, slice("web", true)], "ready", null],
    ["endpoints, no address", balancer(""), [running, slice("web", true)], "waiting", "load balancer of web"],
    ["endpoints may not be read", inside, [running], "ready", null, "EndpointSlice"],
    ["pods may not be read", inside, [], "ready", null, "Pod"],
  ]);

  test("one that selects nothing says so", () => {
    const { reason } = readinessOf(inside, viewOf());
    expect(reason).toBe("it selects no pod: none has the labels app=web");
  });
});

describe("PersistentVolumeClaim", () => {
  const claim = (status: JsonObject, storageClassName = "late"): KubeObject =>
    live("v1", "PersistentVolumeClaim", { storageClassName }, status);
  const storageClass = (name: string, volumeBindingMode: string): KubeObject => ({
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name },
    volumeBindingMode,
  });
  const late = storageClass("late", "WaitForFirstConsumer");
  const atOnce = storageClass("at-once", "Immediate");
  const using = (phase: string): KubeObject =>
    pod("a", { volumes: [{ name: "v", persistentVolumeClaim: { claimName: "web" } }] }, { phase });
  const bound = "volume claim web to be bound";
  check([
    ["bound", claim({ phase: "Bound" }), [], "ready", null],
    ["lost", claim({ phase: "Lost" }), [late], "failed", bound],
    ["waits for a consumer, none there", claim({ phase: "Pending" }), [late], "ready", null],
    ["waits for a consumer, there it is", claim({ phase: "Pending" }), [late, using("Pending")], "waiting", bound],
    ["a consumer that has ended", claim({ phase: "Pending" }), [late, using("Succeeded")], "ready", null],
    ["bound at once by its class", claim({ phase: "Pending" }, "at-once"), [atOnce], "waiting", bound],
    ["a class that does not exist", claim({ phase: "Pending" }, "none"), [late], "waiting", bound],
    ["no class, no default", live("v1", "PersistentVolumeClaim", {}, {}), [late], "waiting", bound],
    ["classes may not be read", claim({ phase: "Pending" }, "at-once"), [atOnce], "ready", null, "StorageClass"],
    ["pods may not be read", claim({ phase: "Pending" }), [late], "waiting", bound, "Pod"],
  ]);
});

describe("Ingress", () => {
  const spec = { ingressClassName: "nginx" };
  const address = { loadBalancer: { ingress: [{ hostname: "lb.example" }] } };
  const own = live("networking.k8s.io/v1", "Ingress", spec, {});
  const other = (ingressClassName: string, status: JsonObject): KubeObject => {
    const ingress = live("networking.k8s.io/v1", "Ingress", { ingressClassName }, status);
    return { ...ingress, metadata: { ...ingress.metadata, name: "other" } };
  };
  check([
    ["an address", live("networking.k8s.io/v1", "Ingress", spec, address), [], "ready", null],
    ["none, and nobody else has one", own, [own, other("nginx", {})], "ready", null],
    ["none, but its class gives some", own, [own, other("nginx", address)], "waiting", "address of ingress web"],
    ["another class gives some", own, [own, other("traefik", address)], "ready", null],
    ["ingresses may not be read", own, [], "ready", null, "Ingress"],
  ]);
});

describe("webhook configurations", () => {
  const configuration = (...clients: readonly JsonObject[]): KubeObject => ({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: { name: "inject" },
    webhooks: clients.map((clientConfig) => ({ clientConfig })),
  });
  const service = { service: { name: "hook", namespace: "shop" } };
  const trusted = { ...service, caBundle: "Q0E=" };
  check([
    ["trusted, answered", configuration(trusted), [slice("hook", true)], "ready", null],
    [
      "no authority",
      configuration(service),
      [slice("hook", true)],
      "waiting",
      "certificate authority in webhook inject",
    ],
    ["nobody behind it", configuration(trusted), [], "waiting", "endpoint of service shop/hook for webhook inject"],
    [
      "one of two entries left out",
      configuration(trusted, service),
      [slice("hook", true)],
      "waiting",
      "certificate authority in webhook inject",
    ],
    ["by URL", configuration({ url: "https://x" }), [], "ready", null],
    ["no entries", configuration(), [], "ready", null],
    ["endpoints may not be read", configuration(trusted), [], "ready", null, "EndpointSlice"],
  ]);
});

describe("Pod", () => {
  const state = (name: string, waiting: JsonObject): JsonObject => ({ [name]: [{ name: "c", state: { waiting } }] });
  const ready = { phase: "Running", conditions: [condition("Ready", "True")] };
  const at = (status: JsonObject): KubeObject => live("v1", "Pod", {}, status);
  check([
    ["ready", at(ready), [], "ready", null],
    ["has done its work", at({ phase: "Succeeded" }), [], "ready", null],
    ["has failed", at({ phase: "Failed", reason: "Evicted" }), [], "failed", "pod web"],
    ["runs, not ready", at({ phase: "Running" }), [], "waiting", "pod web"],
    [
      "pulls in vain",
      at({ phase: "Pending", ...state("containerStatuses", { reason: "ErrImagePull" }) }),
      [],
      "waiting",
      "pod web",
    ],
    ["no status", at({}), [], "waiting", "pod web"],
  ]);

  test("says which container, init containers first", () => {
    const both = {
      ...state("initContainerStatuses", { reason: "CrashLoopBackOff" }),
      ...state("containerStatuses", { reason: "PodInitializing" }),
    };
    expect(readinessOf(at({ phase: "Pending", ...both }), viewOf()).reason).toBe(
      "pod web, container c: CrashLoopBackOff",
    );
  });
});
