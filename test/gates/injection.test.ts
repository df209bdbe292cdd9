import { describe, expect, test } from "vitest";
import { injectionWebhook, validationWebhook } from "../../src/gates/istiod-webhooks.ts";
import { missingForInjection } from "../../src/gates/judge-injection.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";

const KIND = { apiVersion: "admissionregistration.k8s.io/v1", kind: "MutatingWebhookConfiguration" };
const SERVICE = { service: { name: "istiod", namespace: "istio-system", path: "/inject", port: 443 } };
const TRUSTED = { ...SERVICE, caBundle: "Q0E=" };

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

describe("which webhooks istiod's manifest renders", () => {
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
    expect(found).toEqual({ name: expected, revision: "default" });
  });

  test("none", () => {
    expect(injectionWebhook([validating, tag])).toBeNull();
    expect(validationWebhook([validating, tag])).toBeNull();
  });

  test("of a revision", () => {
    const labels = { "istio.io/rev": "canary" };
    const injector = { ...KIND, metadata: { name: "istio-sidecar-injector-canary", labels } };
    const validator = { ...validating, metadata: { name: "istio-validator-canary-istio-system", labels } };
    expect(injectionWebhook([injector, validator])?.revision).toBe("canary");
    expect(validationWebhook([injector, validator])).toEqual({ name: validator.metadata.name, revision: "canary" });
  });
});

describe("what is missing before pods would be injected", () => {
  const webhook = "istio-sidecar-injector";
  const byUrl = { url: "https://istiod.istio-system.svc:15017/inject" };
  const authority = "certificate authority in webhook istio-sidecar-injector";
  const endpoint = "endpoint of service istio-system/istiod";

  test.each<readonly [string, KubeObject | null, readonly KubeObject[] | null, string | null]>([
    ["no webhook", null, [], "webhook istio-sidecar-injector to exist"],
    ["no entries", configuration(webhook), [], "entries in webhook istio-sidecar-injector"],
    ["no authority", configuration(webhook, SERVICE), [slice("istiod", true)], authority],
    ["an entry left out", configuration(webhook, TRUSTED, SERVICE), [slice("istiod", true)], authority],
    ["an empty authority", configuration(webhook, { ...SERVICE, caBundle: "" }), [slice("istiod", true)], authority],
    ["no endpoints", configuration(webhook, TRUSTED), [], endpoint],
    ["none ready", configuration(webhook, TRUSTED), [slice("istiod", false)], endpoint],
    ["another service's", configuration(webhook, TRUSTED), [slice("other", true)], endpoint],
    ["one of two ready", configuration(webhook, TRUSTED), [slice("istiod", false, true)], null],
    ["readiness unknown", configuration(webhook, TRUSTED), [slice("istiod", null)], null],
    ["endpoints may not be read", configuration(webhook, TRUSTED), null, null],
    ["by URL, no authority", configuration(webhook, byUrl), [], authority],
    ["by URL", configuration(webhook, { ...byUrl, caBundle: "Q0E=" }), [], null],
  ])("%s", (_name, live, slices, awaiting) => {
    const missing = missingForInjection({
      webhook,
      configurations: live === null ? [] : [live],
      namespace: { apiVersion: "v1", kind: "Namespace", metadata: { name: "edge" } },
      podLabels: {},
      endpointSlices: () => slices,
    });
    expect(missing).toBe(awaiting);
  });
});

describe("whether a webhook is configured for a namespace and its pods", () => {
  const expression = (key: string, operator: string, ...values: readonly string[]): JsonObject => ({
    key,
    operator,
    values,
  });
  const entry = (namespace: readonly JsonObject[], object: readonly JsonObject[]): JsonObject => ({
    clientConfig: { url: "https://x", caBundle: "Q0E=" },
    namespaceSelector: { matchExpressions: namespace },
    objectSelector: { matchExpressions: object },
  });
  const [noRevision, noInjection] = ["istio.io/rev", "istio-injection"].map((key) => expression(key, "DoesNotExist"));
  const notRefused = expression("sidecar.istio.io/inject", "NotIn", "false");
  /** The entries of the istiod chart (templates/mutatingwebhook.yaml) for a revision. */
  const injector = (name: string, revision: string): KubeObject => ({
    ...KIND,
    metadata: { name, labels: { app: "sidecar-injector" } },
    webhooks: [
      entry([expression("istio.io/rev", "In", revision), noInjection ?? {}], [notRefused]),
      entry([noRevision ?? {}, noInjection ?? {}], [notRefused, expression("istio.io/rev", "In", revision)]),
      ...(revision === "default"
        ? [
            entry([expression("istio-injection", "In", "enabled")], [notRefused]),
            entry(
              [noInjection ?? {}, noRevision ?? {}],
              [expression("sidecar.istio.io/inject", "In", "true"), noRevision ?? {}],
            ),
          ]
        : []),
    ],
  });
  const plain = injector("istio-sidecar-injector", "default");
  const canary = injector("istio-sidecar-injector-canary", "canary");

  test.each<readonly [string, readonly KubeObject[], Record<string, string>, Record<string, string>, string | null]>([
    ["istio-injection", [plain], { "istio-injection": "enabled" }, {}, null],
    [
      "istio-injection beats the revision",
      [plain],
      { "istio-injection": "enabled", "istio.io/rev": "canary" },
      {},
      null,
    ],
    ["a revision that is there", [plain, canary], { "istio.io/rev": "canary" }, {}, null],
    [
      "a revision that is not",
      [plain],
      { "istio.io/rev": "canary" },
      {},
      "a webhook for pods of namespace edge (istio.io/rev=canary)",
    ],
    ["a gateway's pods in a namespace without labels", [plain], {}, { "sidecar.istio.io/inject": "true" }, null],
    ["other pods there", [plain], {}, {}, "a webhook for pods of namespace edge (it has no label for injection)"],
    [
      "disabled",
      [plain],
      { "istio-injection": "disabled" },
      { "sidecar.istio.io/inject": "true" },
      "a webhook for pods of namespace edge (istio-injection=disabled)",
    ],
    ["a pod that names a revision", [plain, canary], {}, { "istio.io/rev": "canary" }, null],
    ["a revision tag", [plain, injector("istio-revision-tag-prod", "prod")], { "istio.io/rev": "prod" }, {}, null],
  ])("%s", (_name, configurations, labels, podLabels, awaiting) => {
    const missing = missingForInjection({
      webhook: "istio-sidecar-injector",
      configurations,
      namespace: { apiVersion: "v1", kind: "Namespace", metadata: { name: "edge", labels } },
      podLabels,
      endpointSlices: () => [],
    });
    expect(missing).toBe(awaiting);
  });
});
