import { describe, expect, test } from "vitest";
import type { KubeObject, ObjectMetadata } from "../../src/model/kube-object.ts";
import { checkDown } from "../../src/preflight/check-down.ts";
import type { DownFacts } from "../../src/preflight/down-facts.ts";

/** Nothing else is there. */
const ALONE: DownFacts = {
  stack: "mesh",
  releases: [
    { name: "istiod", namespace: "istio-system" },
    { name: "shop", namespace: "shop" },
  ],
  objects: [{ apiVersion: "batch/v1", kind: "Job", namespace: "shop", name: "hook" }],
  customResources: [],
  revisions: [],
  ambient: false,
  pods: [],
  namespaces: [],
  claims: [],
  claimsGo: false,
};
const OF_SHOP = { "meta.helm.sh/release-name": "shop", "meta.helm.sh/release-namespace": "shop" };
const OF_OTHERS = { "meta.helm.sh/release-name": "shop", "meta.helm.sh/release-namespace": "elsewhere" };

function object(kind: string, metadata: ObjectMetadata, apiVersion = "v1"): KubeObject {
  return { apiVersion, kind, metadata: { namespace: "shop", ...metadata } };
}
const virtualService = (name: string, annotations = {}): KubeObject =>
  object("VirtualService", { name, annotations }, "networking.istio.io/v1");
const served = (...objects: readonly KubeObject[]): Partial<DownFacts> => ({
  customResources: [{ crdGoes: false, objects }],
});
const lost = (...objects: readonly KubeObject[]): Partial<DownFacts> => ({
  customResources: [{ crdGoes: true, objects }],
});
const inside = (...objects: readonly KubeObject[]): Partial<DownFacts> => ({ namespaces: [{ name: "shop", objects }] });
const sidecar = (revision?: string): Readonly<Record<string, string>> => ({
  "sidecar.istio.io/status": JSON.stringify({ containers: ["istio-proxy"], revision }),
});
const mesh = (annotations: Readonly<Record<string, string>>, owner = {}): Partial<DownFacts> => ({
  pods: [
    {
      pod: object("Pod", { name: "web-1", annotations }),
      workload: object("Deployment", { name: "web", annotations: owner }, "apps/v1"),
    },
  ],
});
const MADE_BY_SET = { ownerReferences: [{ kind: "ReplicaSet", name: "web", uid: "1" }] };

describe("a down is refused", () => {
  test.for<readonly [name: string, facts: Partial<DownFacts>, code: string, says: string]>([
    [
      "while others have custom resources that it would delete",
      lost(virtualService("web"), virtualService("own", OF_SHOP)),
      "custom-resources-lost",
      "VirtualService shop/web would be deleted with the CRDs of the stack, and it is not part of it",
    ],
    [
      "while others have custom resources that it would leave to nobody",
      served(virtualService("web", OF_OTHERS), virtualService("api")),
      "custom-resources-orphaned",
      "Nothing would act on VirtualService shop/api and VirtualService shop/web any more, and they are not",
    ],
    [
      "naming a few and counting the rest",
      lost(...["a", "b", "c", "d", "e", "f", "g"].map((name) => virtualService(name))),
      "custom-resources-lost",
      "VirtualService shop/e and 2 more would be deleted",
    ],
    [
      "while pods of others have proxies of its istiod",
      { revisions: ["default"], ...mesh(sidecar("default")) },
      "proxies-orphaned",
      "The proxies of Deployment shop/web would be without their istiod",
    ],
    [
      "while proxies do not say whose they are",
      { revisions: ["default"], ...mesh({ "sidecar.istio.io/status": "?" }) },
      "proxies-orphaned",
      "Deployment shop/web",
    ],
    [
      "while pods of others are behind its ztunnel",
      { ambient: true, ...mesh({ "ambient.istio.io/redirection": "enabled" }, OF_OTHERS) },
      "proxies-orphaned",
      "Deployment shop/web",
    ],
    [
      "while other things are in a namespace that would go",
      inside(object("ConfigMap", { name: "notes" }), object("Secret", { name: "cacerts" })),
      "namespace-in-use",
      "ConfigMap shop/notes and Secret shop/cacerts would be deleted with namespace shop",
    ],
    [
      "while another Helm release is in it",
      inside(object("Secret", { name: "sh.helm.release.v1.wiki.v1", labels: { owner: "helm", name: "wiki" } })),
      "namespace-in-use",
      "sh.helm.release.v1.wiki.v1",
    ],
    [
      "while another stack has something in it",
      inside(object("Secret", { name: "login", labels: { "flotilla.dev/stack": "other" } })),
      "namespace-in-use",
      "Secret shop/login",
    ],
    [
      "while volumes are in it that nobody spoke of",
      { ...inside(), claims: [{ apiVersion: "v1", kind: "PersistentVolumeClaim", namespace: "shop", name: "data" }] },
      "volumes-in-namespace",
      "PersistentVolumeClaim shop/data would be deleted with the namespace, and the data with it",
    ],
  ])("%s", ([, facts, code, says]) => {
    const findings = checkDown({ ...ALONE, ...facts });
    expect(findings).toEqual([expect.objectContaining({ code, severity: "error" })]);
    expect(findings[0]?.message).toContain(says);
    expect(findings[0]?.hint).not.toBe("");
  });
});

describe("a down may begin", () => {
  const claim = { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace: "shop", name: "data-db-0" };
  test.for<readonly [name: string, facts: Partial<DownFacts>]>([
    ["with nothing else there", {}],
    ["with custom resources of its own", lost(virtualService("own", OF_SHOP))],
    ["with custom resources that another object has made", served(object("Order", { name: "o", ...MADE_BY_SET }))],
    [
      "with the classes that istiod makes by itself",
      lost({ apiVersion: "gateway.networking.k8s.io/v1", kind: "GatewayClass", metadata: { name: "istio" } }),
    ],
    ["with proxies of its own workloads", { revisions: ["default"], ...mesh(sidecar("default"), OF_SHOP) }],
    ["with proxies of another istiod", { revisions: ["default"], ...mesh(sidecar("canary")) }],
    [
      "with pods that ztunnel serves, when it stays",
      { revisions: ["default"], ...mesh({ "ambient.istio.io/redirection": "enabled" }) },
    ],
    [
      "with what Kubernetes and Istio put into every namespace",
      inside(
        object("ConfigMap", { name: "kube-root-ca.crt" }),
        object("ConfigMap", { name: "istio-ca-root-cert" }),
        object("ServiceAccount", { name: "default" }),
        object("Secret", { name: "t", annotations: { "kubernetes.io/service-account.name": "default" } }),
        object("Event", { name: "e" }),
        object("Event", { name: "e" }, "events.k8s.io/v1"),
        object("Endpoints", { name: "web" }),
        object("Lease", { name: "leader" }, "coordination.k8s.io/v1"),
        object("Secret", { name: "istio-ca-secret" }),
        object("ConfigMap", { name: "x", annotations: { "control-plane.alpha.kubernetes.io/leader": "{}" } }),
        object("Pod", { name: "web-1", ...MADE_BY_SET }),
        object("EndpointSlice", { name: "w", labels: { "endpointslice.kubernetes.io/managed-by": "x" } }),
      ),
    ],
    [
      "with what the stack has put there",
      {
        ...inside(
          object("Secret", { name: "sh.helm.release.v1.shop.v1", labels: { owner: "helm", name: "shop" } }),
          object("Secret", { name: "login", labels: { "flotilla.dev/stack": "mesh" } }),
          object("Job", { name: "hook" }, "batch/v1"),
          object("ConfigMap", { name: "own", annotations: OF_SHOP }),
          object("PersistentVolumeClaim", { name: "data-db-0" }),
        ),
        claims: [claim],
        claimsGo: true,
      },
    ],
    [
      "with what is on its way out",
      inside(object("ConfigMap", { name: "old", deletionTimestamp: "2026-01-01T00:00:00Z" })),
    ],
    ["with volumes in namespaces that stay", { claims: [claim] }],
  ])("%s", ([, facts]) => {
    expect(checkDown({ ...ALONE, ...facts })).toEqual([]);
  });
});

test("what is told as a custom resource is not told again with its namespace", () => {
  const codes = checkDown({ ...ALONE, ...lost(virtualService("web")), ...inside(virtualService("web")) });
  expect(codes.map(({ code }) => code)).toEqual(["custom-resources-lost"]);
});
