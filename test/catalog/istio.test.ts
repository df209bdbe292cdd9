import { expect, test } from "vitest";
import { istioReleases } from "../../src/catalog/istio.ts";
import type { IstioSettings } from "../../src/catalog/istio-settings.ts";
import { isOfficialSource, retiredPlace } from "../../src/catalog/istio-sources.ts";
import { isInjected, refusesInjection } from "../../src/catalog/injection.ts";

const SETTINGS: IstioSettings = {
  mode: "sidecar",
  cni: false,
  namespace: "istio-system",
  nodeAgentNamespace: "istio-system",
  hub: null,
  imagePullSecrets: [],
  gateways: [
    { name: "in", role: "ingress", namespace: "gw" },
    { name: "out", role: "egress", namespace: "gw" },
  ],
};

function brought(change: Partial<IstioSettings>): unknown[] {
  return istioReleases({ ...SETTINGS, ...change }).map(({ name, chart, needs }) => [name, chart, needs]);
}

test("base comes before istiod, istiod before every gateway, and gateways wait for nothing else", () => {
  expect(brought({})).toEqual([
    ["istio-base", "base", []],
    ["istiod", "istiod", ["istio-base"]],
    ["in", "gateway", ["istiod"]],
    ["out", "gateway", ["istiod"]],
  ]);
  expect(istioReleases(SETTINGS).every(({ settings }) => Object.keys(settings).length === 0)).toBe(true);
});

test("cni comes between istiod and the gateways, and istiod is told of it", () => {
  expect(brought({ cni: true })).toEqual([
    ["istio-base", "base", []],
    ["istiod", "istiod", ["istio-base"]],
    ["istio-cni", "cni", ["istiod"]],
    ["in", "gateway", ["istiod", "istio-cni"]],
    ["out", "gateway", ["istiod", "istio-cni"]],
  ]);
  const releases = istioReleases({ ...SETTINGS, cni: true });
  expect(releases.find(({ name }) => name === "istiod")?.defaults).toEqual({ pilot: { cni: { enabled: true } } });
});

test("ambient mode brings cni and ztunnel, under the charts' own profile, and istiod trusts a ztunnel that is elsewhere", () => {
  expect(brought({ mode: "ambient" })).toEqual([
    ["istio-base", "base", []],
    ["istiod", "istiod", ["istio-base"]],
    ["istio-cni", "cni", ["istiod"]],
    ["ztunnel", "ztunnel", ["istiod", "istio-cni"]],
    ["in", "gateway", ["istiod", "ztunnel"]],
    ["out", "gateway", ["istiod", "ztunnel"]],
  ]);
  const releases = istioReleases({
    ...SETTINGS,
    mode: "ambient",
    nodeAgentNamespace: "kube-system",
    namespace: "mesh",
  });
  const byName = Object.fromEntries(releases.map((release) => [release.name, release]));
  expect(byName["istiod"]?.defaults).toEqual({ profile: "ambient", trustedZtunnelNamespace: "kube-system" });
  expect(byName["istio-cni"]).toMatchObject({
    namespace: "kube-system",
    defaults: { profile: "ambient" },
    settings: {},
  });
  expect(byName["ztunnel"]).toMatchObject({
    namespace: "kube-system",
    defaults: {},
    settings: { global: { istioNamespace: "mesh" } },
  });
});

test("hub and pull secrets reach each chart in the form that it reads", () => {
  const releases = istioReleases({
    ...SETTINGS,
    mode: "ambient",
    hub: "mirror.example/istio",
    imagePullSecrets: ["login"],
  });
  const own = { hub: "mirror.example/istio", imagePullSecrets: ["login"] };
  expect(Object.fromEntries(releases.map(({ name, settings }) => [name, settings]))).toEqual({
    "istio-base": { global: { imagePullSecrets: ["login"] } },
    istiod: { global: own },
    "istio-cni": { global: own },
    ztunnel: { global: own },
    in: { imagePullSecrets: [{ name: "login" }] },
    out: { imagePullSecrets: [{ name: "login" }] },
  });
});

test.each([
  ["https://blob.istio.io/istio-release/charts", true, null],
  ["https://blob.istio.io/istio-release/charts/", true, null],
  ["oci://ghcr.io/istio/release/charts", true, null],
  ["https://istio-release.storage.googleapis.com/charts", false, "istio-release.storage.googleapis.com"],
  ["oci://gcr.io/istio-release/charts", false, "gcr.io/istio-release"],
  ["gcr.io/istio-release", false, "gcr.io/istio-release"],
  ["registry.istio.io/release", false, "registry.istio.io"],
  ["gcr.io/istio-release-mirror", false, null],
  ["./mirror", false, null],
])("%s: official %s, retired %s", (source, official, retired) => {
  expect(isOfficialSource(source)).toBe(official);
  expect(retiredPlace(source)).toBe(retired);
});

test.each([
  [{}, false, false],
  [{ "istio-injection": "enabled" }, true, false],
  [{ "istio-injection": "disabled", "istio.io/rev": "canary" }, false, true],
  [{ "istio.io/rev": "canary" }, true, false],
])("labels %j: injected %s, kept out %s", (labels, injected, refused) => {
  expect(isInjected(labels)).toBe(injected);
  expect(refusesInjection(labels)).toBe(refused);
});
