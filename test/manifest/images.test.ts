import { describe, expect, test } from "vitest";
import { imagesOf } from "../../src/manifest/images.ts";
import { parseManifest } from "../../src/manifest/parse-manifest.ts";

const images = (manifest: string): string[] => imagesOf(parseManifest(manifest));

describe("the images of", () => {
  test("every sort of container, each once, sorted", () => {
    expect(
      images(`
apiVersion: apps/v1
kind: Deployment
metadata: { name: app }
spec:
  template:
    spec:
      initContainers: [{ name: i, image: "docker.io/init:1" }]
      containers: [{ name: a, image: "docker.io/app:2" }, { name: b, image: "docker.io/app:2" }]
      ephemeralContainers: [{ name: e, image: "docker.io/debug:3" }]
      volumes: [{ name: v, image: { reference: "docker.io/models:4" } }, { name: w, emptyDir: {} }]
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: job }
spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: c, image: "docker.io/cron:5" }] } } } } }
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: roll }
spec: { template: { spec: { containers: [{ name: r, image: "docker.io/rollout:6@sha256:ab" }] } } }
`),
    ).toEqual([
      "docker.io/app:2",
      "docker.io/cron:5",
      "docker.io/debug:3",
      "docker.io/init:1",
      "docker.io/models:4",
      "docker.io/rollout:6@sha256:ab",
    ]);
  });

  test("custom resources that are known to name one", () => {
    expect(
      images(`
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: { name: p }
spec: { image: "quay.io/prometheus:3", thanos: { image: "quay.io/thanos:1" } }
---
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: c }
spec: { imageName: "ghcr.io/postgresql:17" }
---
apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: { name: w }
spec: { url: "oci://ghcr.io/plugin:1" }
---
apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: { name: x }
spec: { url: "https://example.test/plugin.wasm" }
`),
    ).toEqual(["ghcr.io/plugin:1", "ghcr.io/postgresql:17", "quay.io/prometheus:3", "quay.io/thanos:1"]);
  });

  test("nothing that only looks like a workload, and nothing that the cluster fills in", () => {
    expect(
      images(`
apiVersion: v1
kind: ConfigMap
metadata: { name: template }
data: { pod: "containers: [{ image: docker.io/none:1 }]" }
---
apiVersion: v1
kind: Pod
metadata: { name: gateway }
spec: { containers: [{ name: istio-proxy, image: auto }, { name: none }] }
`),
    ).toEqual([]);
  });
});

describe("the proxy that istiod injects", () => {
  const injector = (global: object, name = "istio-sidecar-injector"): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata:\n  values: ${JSON.stringify(JSON.stringify({ global }))}\n`;
  const proxy = { proxy: { image: "proxyv2" }, proxy_init: { image: "proxyv2" } };

  test.each<[string, object, readonly string[]]>([
    ["hub and tag", { hub: "docker.io/istio", tag: "1.31.1", ...proxy }, ["docker.io/istio/proxyv2:1.31.1"]],
    ["a tag that reads as a number", { hub: "h", tag: 1.31, ...proxy }, ["h/proxyv2:1.31"]],
    ["a variant", { hub: "h", tag: "1", variant: "distroless", ...proxy }, ["h/proxyv2:1-distroless"]],
    ["a variant in the tag", { hub: "h", tag: "1-debug", variant: "debug", ...proxy }, ["h/proxyv2:1-debug"]],
    ["an image of its own", { hub: "h", tag: "1", proxy: { image: "r.test/own:2" } }, ["r.test/own:2"]],
    ["no tag", { hub: "h", ...proxy }, []],
  ])("follows from %s", (_, global, expected) => {
    expect(images(injector(global))).toEqual(expected);
  });

  test("is looked for in the injector of a revision, and in no other ConfigMap", () => {
    const global = { hub: "h", tag: "1", ...proxy };
    expect(images(injector(global, "istio-sidecar-injector-canary"))).toEqual(["h/proxyv2:1"]);
    expect(images(injector(global, "values"))).toEqual([]);
    expect(
      images("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: istio-sidecar-injector }\ndata: { values: '{' }\n"),
    ).toEqual([]);
  });
});
