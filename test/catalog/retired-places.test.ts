import { expect, test } from "vitest";
import { retiredImagesWarning, retiredWarning } from "../../src/catalog/retired-places.ts";
import { sampleRelease } from "../support/sample-stack.ts";

const base = sampleRelease({
  name: "base",
  chart: { type: "repository", url: "https://istio-release.storage.googleapis.com/charts", name: "base" },
});
const istiod = sampleRelease({
  name: "istiod",
  chart: { type: "oci", url: "oci://gcr.io/istio-release/charts/istiod" },
  values: {
    global: { hub: "registry.istio.io/release", proxy: [{ image: "registry.istio.io/release/proxyv2:1.30.5" }] },
  },
});
const other = sampleRelease({
  name: "other",
  chart: { type: "oci", url: "oci://gcr.io/istio-release-mirror/x" },
  values: { hub: "docker.io/istio", note: "we left registry.istio.io long ago", host: "my-registry.istio.io" },
});

test("all that Istio takes away in December 2026 is told once, with where it stands and what to use", () => {
  expect(retiredWarning([base, istiod, other], "")).toEqual({
    message:
      "Istio removes in December 2026: istio-release.storage.googleapis.com (the chart of base); " +
      "gcr.io/istio-release (the chart of istiod); " +
      "registry.istio.io (global.hub of istiod, global.proxy.0.image of istiod).",
    hint: expect.stringMatching(/https:\/\/blob\.istio\.io\/istio-release\/charts.*docker\.io\/istio/),
  });
});

test("what was told already, with its line, is not told again", () => {
  const told = "flotilla.yaml:4: Istio removes registry.istio.io in December 2026";
  expect(retiredWarning([istiod], told)?.message).not.toContain("registry.istio.io");
  expect(retiredWarning([other], "")).toBeNull();
});

test("so are images that a chart takes from there by itself", () => {
  expect(
    retiredImagesWarning(["docker.io/istio/pilot:1.31.1", "registry.istio.io/release/pilot:1.30.5"])?.message,
  ).toBe("Istio removes in December 2026: registry.istio.io (registry.istio.io/release/pilot:1.30.5).");
  expect(retiredImagesWarning(["docker.io/istio/pilot:1.31.1"])).toBeNull();
});
