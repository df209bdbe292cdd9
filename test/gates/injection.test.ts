import { describe, expect, test } from "vitest";
import { injectionWebhook } from "../../src/gates/injection.ts";
import { judgeInjection } from "../../src/gates/judge-injection.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";

const KIND = { apiVersion: "admissionregistration.k8s.io/v1", kind: "MutatingWebhookConfiguration" };
const SERVICE = { service: { name: "istiod", namespace: "istio-system", path: "/inject", port: 443 } };

function configuration(name: string, ...clients: readonly JsonObject[]): KubeObject {
  const labels = { app: "sidecar-injector" };
  return { ...KIND, metadata: { name, labels }, webhooks: clients.map((clientConfig) => ({ clientConfig })) };
}

function slice(service: string, ...ready: readonly (boolean | null)[]): KubeObject {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: "s", namespace: "istio-system", labels: { "kubernetes.io/service-name": service } },
    endpoints: ready.map((each) => ({ addresses: ["10.0.0.1"], conditions: each === null ? {} : { ready: each } })),
  };
}

describe("which webhook istiod's manifest renders", () => {
  const validating = { ...KIND, kind: "ValidatingWebhookConfiguration", metadata: { name: "istio-sidecar-injector" } };
  const tag: KubeObject = {
    ...KIND,
    metadata: { name: "istio-revision-tag-prod", labels: { app: "sidecar-injector", "istio.io/tag": "prod" } },
  };

  test.each([
    ["the plain one", ["istio-sidecar-injector"], "istio-sidecar-injector"],
    ["a revision's", ["istio-sidecar-injector-1-31"], "istio-sidecar-injector-1-31"],
    ["another namespace's", ["istio-sidecar-injector-mesh"], "istio-sidecar-injector-mesh"],
    ["the plain one among several", ["istio-sidecar-injector-x", "istio-sidecar-injector"], "istio-sidecar-injector"],
    ["one known by its label", ["custom-injector"], "custom-injector"],
  ])("%s", (_name, names, expected) => {
    const found = injectionWebhook([validating, tag, ...names.map((name) => configuration(name))]);
    expect(found).toEqual({ webhook: expected, reason: null });
  });

  test("none: the reason is said", () => {
    const found = injectionWebhook([validating, tag]);
    expect(found.webhook).toBeNull();
    expect(found.reason).toContain("global.operatorManageWebhooks");
  });
});

describe("whether pods would be injected", () => {
  const webhook = "istio-sidecar-injector";
  const trusted = { ...SERVICE, caBundle: "Q0E=" };
  const byUrl = { url: "https://istiod.istio-system.svc:15017/inject" };

  test.each<readonly [string, KubeObject | null, readonly KubeObject[], string | null]>([
    ["no webhook", null, [], "webhook istio-sidecar-injector to exist"],
    ["no entries", configuration(webhook), [], "entries in webhook istio-sidecar-injector"],
    [
      "no authority",
      configuration(webhook, SERVICE),
      [slice("istiod", true)],
      "certificate authority in webhook istio-sidecar-injector",
    ],
    [
      "an entry left out",
      configuration(webhook, trusted, SERVICE),
      [slice("istiod", true)],
      "certificate authority in webhook istio-sidecar-injector",
    ],
    [
      "an empty authority",
      configuration(webhook, { ...SERVICE, caBundle: "" }),
      [slice("istiod", true)],
      "certificate authority in webhook istio-sidecar-injector",
    ],
    ["no endpoints", configuration(webhook, trusted), [], "endpoint of service istio-system/istiod"],
    [
      "none ready",
      configuration(webhook, trusted),
      [slice("istiod", false)],
      "endpoint of service istio-system/istiod",
    ],
    [
      "another service's",
      configuration(webhook, trusted),
      [slice("other", true)],
      "endpoint of service istio-system/istiod",
    ],
    ["one of two ready", configuration(webhook, trusted), [slice("istiod", false, true)], null],
    ["readiness unknown", configuration(webhook, trusted), [slice("istiod", null)], null],
    [
      "by URL, no authority",
      configuration(webhook, byUrl),
      [],
      "certificate authority in webhook istio-sidecar-injector",
    ],
    ["by URL", configuration(webhook, { ...byUrl, caBundle: "Q0E=" }), [], null],
  ])("%s", (_name, live, endpointSlices, awaiting) => {
    const judged = judgeInjection({ webhook, configuration: live, endpointSlices });
    expect(judged).toEqual({ state: awaiting === null ? "ready" : "waiting", awaiting, reason: null });
  });
});
