import { describe, expect, test } from "vitest";
import { injectionProbe, isInjected } from "../../src/gates/injection-probe.ts";
import { meaningOf } from "../../src/gates/judge-refusal.ts";
import { controllersAmong, missedPods } from "../../src/gates/missed-injection.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";

function workload(name: string, template: JsonObject, kind = "Deployment"): KubeObject {
  const selector = { matchLabels: { app: name } };
  return { apiVersion: "apps/v1", kind, metadata: { name }, spec: { selector, template } };
}

function pod(
  name: string,
  images: readonly string[],
  labels: Record<string, string>,
  extra: JsonObject = {},
): KubeObject {
  const containers = images.map((image, index) => ({ name: index === 0 ? "istio-proxy" : `c${index}`, image }));
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "edge", labels, ...extra },
    spec: { containers },
  };
}

describe("the pod that is tried", () => {
  const spec = {
    containers: [{ name: "istio-proxy", image: "auto" }],
    serviceAccountName: "web",
    priorityClassName: "own",
  };
  const marks = { labels: { "sidecar.istio.io/inject": "true", number: 1 }, annotations: { a: "b" } };

  test("is the release's own, without what admission would look for in vain", () => {
    const probe = injectionProbe([workload("web", { metadata: marks, spec })], "edge");
    expect(probe).toEqual({
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name: "web-injection-probe",
        namespace: "edge",
        labels: { "sidecar.istio.io/inject": "true", number: "1" },
        annotations: { a: "b" },
      },
      spec: { containers: spec.containers },
    });
  });

  test.each<readonly [string, readonly KubeObject[], string | null]>([
    ["nothing that makes pods", [{ apiVersion: "v1", kind: "Service", metadata: { name: "web" } }], null],
    [
      "one that wants no proxy",
      [workload("web", { metadata: { labels: { "sidecar.istio.io/inject": "false" } }, spec })],
      null,
    ],
    ["one on its node's network", [workload("web", { spec: { ...spec, hostNetwork: true } })], null],
    ["another namespace's", [{ ...workload("web", { spec }), metadata: { name: "web", namespace: "other" } }], null],
    [
      "the first that wants one",
      [
        workload("a", { metadata: { annotations: { "sidecar.istio.io/inject": "false" } }, spec }),
        workload("b", { spec }, "DaemonSet"),
      ],
      "b-injection-probe",
    ],
  ])("%s", (_name, manifest, name) => {
    expect(injectionProbe(manifest, "edge")?.metadata.name ?? null).toBe(name);
  });

  test.each<readonly [string, KubeObject, boolean]>([
    ["a proxy with its image", pod("p", ["docker.io/istio/proxyv2:1", "app"], {}), true],
    ["still auto", pod("p", ["auto"], {}), false],
    ["no proxy at all", { ...pod("p", [], {}), spec: { containers: [{ name: "app", image: "x" }] } }, false],
    [
      "a native sidecar",
      {
        ...pod("p", [], {}),
        spec: { initContainers: [{ name: "istio-proxy", image: "x" }], containers: [{ name: "app", image: "y" }] },
      },
      true,
    ],
  ])("comes back injected: %s", (_name, answer, injected) => {
    expect(isInjected(answer)).toBe(injected);
  });
});

describe("what a refusal means", () => {
  test.each<readonly [string, number, boolean, string, string]>([
    ["may not", 403, true, 'User "bob" cannot create resource "pods"', "blind"],
    [
      "quota",
      403,
      false,
      'pods "p" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
      "denied",
    ],
    ["pod security", 403, false, 'pods "p" is forbidden: violates PodSecurity "restricted:latest": x', "denied"],
    ["a webhook's no", 400, false, 'admission webhook "v.x" denied the request: no', "denied"],
    [
      "a policy's no",
      422,
      false,
      `pods "p" is forbidden: ValidatingAdmissionPolicy 'a' with binding 'b' denied request: no`,
      "denied",
    ],
    [
      "nobody behind the webhook",
      500,
      false,
      'Internal error occurred: failed calling webhook "namespace.sidecar-injector.istio.io": connection refused',
      "waiting",
    ],
    [
      "no service account yet",
      403,
      false,
      'pods "p" is forbidden: error looking up service account edge/default: not found',
      "waiting",
    ],
    [
      "a namespace that goes",
      403,
      false,
      'pods "p" is forbidden: unable to create new content in namespace edge because it is being terminated',
      "waiting",
    ],
    ["no dry run", 400, false, "admission webhook x does not support dry run", "blind"],
    ["no such kind", 404, false, "the server could not find the requested resource", "blind"],
    ["not well formed", 422, false, 'Pod "p" is invalid: spec.containers: Required value', "blind"],
    ["the server's trouble", 503, false, "etcdserver: leader changed", "waiting"],
  ])("%s", (_name, status, forbidden, message, meaning) => {
    expect(meaningOf({ status, forbidden, message })).toBe(meaning);
  });
});

describe("pods that missed their injection", () => {
  const web = workload("web", {});
  test("are those of the release whose image is still auto, and that stay", () => {
    const pods = [
      pod("missed", ["auto"], { app: "web" }),
      pod("injected", ["proxyv2"], { app: "web" }),
      pod("going", ["auto"], { app: "web" }, { deletionTimestamp: "2026-01-01" }),
      pod("foreign", ["auto"], { app: "other" }),
    ];
    expect(missedPods([web], pods).map(({ metadata }) => metadata.name)).toEqual(["missed"]);
    expect(missedPods([{ ...web, spec: { selector: {} } }], pods)).toEqual([]);
  });

  test("are looked for below what keeps pods", () => {
    const ref = (apiVersion: string, kind: string) => ({ apiVersion, kind, namespace: "edge", name: "web" });
    const targets = [ref("apps/v1", "Deployment"), ref("v1", "Service"), ref("batch/v1", "Job")];
    expect(controllersAmong(targets).map(({ kind }) => kind)).toEqual(["Deployment"]);
  });
});
