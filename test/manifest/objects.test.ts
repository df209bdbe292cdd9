import { describe, expect, test } from "vitest";
import { apisOfCrds } from "../../src/manifest/crd-apis.ts";
import { hookEvents, isHook } from "../../src/manifest/hooks.ts";
import { objectKey, objectRef, objectRefs } from "../../src/manifest/object-ref.ts";
import { keepsOnUninstall } from "../../src/manifest/resource-policy.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";

function object(apiVersion: string, kind: string, annotations: Readonly<Record<string, string>> = {}): KubeObject {
  return { apiVersion, kind, metadata: { name: "a", annotations } };
}

const CRD: KubeObject = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.example.com" },
  spec: {
    group: "example.com",
    scope: "Cluster",
    names: { kind: "Widget" },
    versions: [
      { name: "v1", served: true },
      { name: "v1alpha1", served: false },
    ],
  },
};

describe("objectRef", () => {
  test.each([
    { apiVersion: "v1", kind: "Service", namespace: "pacs" },
    { apiVersion: "v1", kind: "Namespace", namespace: null },
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", namespace: null },
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", namespace: "pacs" },
    { apiVersion: "admissionregistration.k8s.io/v1", kind: "MutatingWebhookConfiguration", namespace: null },
    { apiVersion: "gateway.networking.k8s.io/v1", kind: "GatewayClass", namespace: null },
    { apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway", namespace: "pacs" },
    { apiVersion: "networking.istio.io/v1", kind: "Gateway", namespace: "pacs" },
    { apiVersion: "serving.knative.dev/v1", kind: "Service", namespace: "pacs" },
  ])("puts a $kind of $apiVersion into namespace $namespace", ({ apiVersion, kind, namespace }) => {
    expect(objectRef(object(apiVersion, kind), "pacs")).toEqual({ apiVersion, kind, namespace, name: "a" });
  });

  test("prefers the namespace that the object names, and gives cluster-scoped kinds none", () => {
    const metadata = { name: "a", namespace: "other" };
    expect(objectRef({ apiVersion: "v1", kind: "Secret", metadata }, "pacs").namespace).toBe("other");
    expect(objectRef({ apiVersion: "v1", kind: "Namespace", metadata }, "pacs").namespace).toBeNull();
  });

  test("learns the scope of custom kinds from the CRDs beside them", () => {
    const widget = object("example.com/v1", "Widget");
    expect(objectRefs([widget], "pacs").map(({ namespace }) => namespace)).toEqual(["pacs"]);
    expect(objectRefs([widget, CRD], "pacs").map(({ namespace }) => namespace)).toEqual([null, null]);
  });

  test("an object stays the same one across API versions, not across groups and namespaces", () => {
    const ref = { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", namespace: "pacs", name: "a" };
    expect(objectKey({ ...ref, apiVersion: "autoscaling/v1" })).toBe(objectKey(ref));
    expect(objectKey({ ...ref, apiVersion: "other/v2" })).not.toBe(objectKey(ref));
    expect(objectKey({ ...ref, namespace: "other" })).not.toBe(objectKey(ref));
  });
});

describe("hooks", () => {
  const hook = (events: string): KubeObject => object("batch/v1", "Job", { "helm.sh/hook": events });

  test.each([
    { events: "post-install", read: ["post-install"] },
    { events: "pre-install, Post-Upgrade", read: ["pre-install", "post-upgrade"] },
    { events: "test-success", read: ["test"] },
    { events: "crd-install", read: [] },
  ])("reads $events", ({ events, read }) => {
    expect(hookEvents(hook(events))).toEqual(read);
    expect(isHook(hook(events))).toBe(true);
  });

  test("an ordinary resource is no hook", () => {
    expect(isHook(object("batch/v1", "Job"))).toBe(false);
    expect(hookEvents(object("batch/v1", "Job"))).toEqual([]);
  });
});

test.each([
  { policy: "keep", keeps: true },
  { policy: " Keep ", keeps: true },
  { policy: "delete", keeps: false },
])("resource policy $policy", ({ policy, keeps }) => {
  expect(keepsOnUninstall(object("v1", "Secret", { "helm.sh/resource-policy": policy }))).toBe(keeps);
  expect(keepsOnUninstall(object("v1", "Secret"))).toBe(false);
});

test("CRDs tell which APIs a cluster will serve", () => {
  expect(apisOfCrds([object("v1", "Service"), CRD])).toEqual(["example.com/v1", "example.com/v1/Widget"]);
});
