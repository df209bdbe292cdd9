import { expect, test } from "vitest";
import { istioReleases } from "../../src/catalog/istio.ts";
import { isOfficialSource, retiredPlace } from "../../src/catalog/istio-sources.ts";
import { isInjected, refusesInjection } from "../../src/catalog/injection.ts";

test("base comes before istiod, istiod before every gateway, and gateways wait for nothing else", () => {
  const gateways = [
    { name: "in", role: "ingress", namespace: "gw" },
    { name: "out", role: "egress", namespace: "gw" },
  ] as const;
  const releases = istioReleases({ namespace: "istio-system", hub: null, imagePullSecrets: [], gateways });
  expect(releases.map(({ name, chart, needs, settings }) => [name, chart, needs, settings])).toEqual([
    ["istio-base", "base", [], {}],
    ["istiod", "istiod", ["istio-base"], {}],
    ["in", "gateway", ["istiod"], {}],
    ["out", "gateway", ["istiod"], {}],
  ]);
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
