import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Release } from "../../src/model/stack.ts";
import { inOneLine, read, type Reading } from "./reading.ts";

/** The contract's example, as far as it is supported. */
const KORTHWEB = `# yaml-language-server: $schema=./flotilla.schema.json
apiVersion: flotilla/v1
stack: korthweb
environments:
  dev: { context: minikube }
  prod: { context: prod-eks, values: { istiod: { pilot: { autoscaleMin: 2 } } }, releases: { metallb: { enabled: false } } }
  sandbox: { context: not-this-one, values: { dicom: { replicas: 1 } } }
namespaces:
  dicom: { labels: { istio-injection: enabled } }
  spare:
istio:
  version: ~1.31.0
  mode: sidecar
  values: { meshConfig: { accessLogFile: /dev/stdout } }
  base: { values: { validate: true } }
  gateways:
    istio-ingressgateway:
      role: ingress
      namespace: istio-ingress
      ports: [{ name: dicom-tls, port: 11112 }]
      values: { labels: { team: edge } }
    istio-egressgateway: { role: egress, namespace: istio-egress }
releases:
  - name: metallb
    namespace: metallb-system
    chart: { source: https://metallb.example/charts/, name: metallb }
    version: ^0.16.0
    wait: false
  - name: dicom
    namespace: dicom
    chart: ./charts/dicom
    needs: [istio-ingressgateway]
    values: [values/dicom.yaml, { replicas: 2 }]
    wait: { timeout: 1h30m }
  - name: reports
    namespace: reports
    chart: oci://charts.example/team/reports
  - { name: packed, namespace: reports, chart: ../packed-1.0.0.tgz }
  - { name: mirrored, namespace: reports, chart: { source: "oci://charts.example/mirror", name: app } }
  - { name: shelved, namespace: reports, chart: { source: ../shelf, name: app } }
defaults: { timeout: 90s, parallel: 8 }
state: { namespace: flotilla }
`;
const FILES = { "values/dicom.yaml": 'replicas: 1\nimage: { tag: "1" }\n' };

async function releases(text: string, reading: Reading = {}): Promise<Record<string, Release>> {
  const { stack } = await read(text, { files: FILES, ...reading });
  return Object.fromEntries(stack.releases.map((release) => [release.name, release]));
}

describe("the contract's example", () => {
  test("is expanded to Istio's releases and its own, in this order", async () => {
    const { stack, warnings } = await read(KORTHWEB, { files: FILES });
    expect(warnings).toEqual([]);
    expect(stack).toMatchObject({
      name: "korthweb",
      file: "/stack/flotilla.yaml",
      environment: { name: "dev", profile: null, context: "minikube" },
      parallel: 8,
      stateNamespace: "flotilla",
    });
    expect(
      stack.releases.map(({ name, namespace, role, needs, injected }) => ({ name, namespace, role, needs, injected })),
    ).toEqual([
      { name: "istio-base", namespace: "istio-system", role: "istio-base", needs: [], injected: false },
      { name: "istiod", namespace: "istio-system", role: "istiod", needs: ["istio-base"], injected: false },
      {
        name: "istio-ingressgateway",
        namespace: "istio-ingress",
        role: "istio-ingress-gateway",
        needs: ["istiod"],
        injected: true,
      },
      {
        name: "istio-egressgateway",
        namespace: "istio-egress",
        role: "istio-egress-gateway",
        needs: ["istiod"],
        injected: true,
      },
      { name: "metallb", namespace: "metallb-system", role: null, needs: [], injected: false },
      { name: "dicom", namespace: "dicom", role: null, needs: ["istio-ingressgateway", "istiod"], injected: true },
      { name: "reports", namespace: "reports", role: null, needs: [], injected: false },
      { name: "packed", namespace: "reports", role: null, needs: [], injected: false },
      { name: "mirrored", namespace: "reports", role: null, needs: [], injected: false },
      { name: "shelved", namespace: "reports", role: null, needs: [], injected: false },
    ]);
  });

  test("names every kind of chart, with versions and waits", async () => {
    const all = await releases(KORTHWEB);
    const istio = { type: "repository", url: "https://blob.istio.io/istio-release/charts" };
    const wait = { enabled: true, timeoutMs: 90_000 };
    expect(all["istio-base"]).toMatchObject({ chart: { ...istio, name: "base" }, version: "~1.31.0", wait });
    expect(all["istiod"]).toMatchObject({ chart: { ...istio, name: "istiod" }, version: "~1.31.0", wait });
    expect(all["istio-egressgateway"]).toMatchObject({
      chart: { ...istio, name: "gateway" },
      version: "~1.31.0",
      wait,
    });
    expect(all["metallb"]).toMatchObject({
      chart: { type: "repository", url: "https://metallb.example/charts", name: "metallb" },
      version: "^0.16.0",
      wait: { enabled: false, timeoutMs: 90_000 },
    });
    expect(all["dicom"]).toMatchObject({
      chart: { type: "folder", path: "/stack/charts/dicom" },
      version: null,
      wait: { enabled: true, timeoutMs: 5_400_000 },
    });
    expect(all["reports"]?.chart).toEqual({ type: "oci", url: "oci://charts.example/team/reports" });
    expect(all["packed"]?.chart).toEqual({ type: "archive", path: "/packed-1.0.0.tgz" });
    expect(all["mirrored"]?.chart).toEqual({ type: "oci", url: "oci://charts.example/mirror/app" });
    expect(all["shelved"]?.chart).toEqual({ type: "repository", url: "/shelf", name: "app" });
  });

  test("lists every namespace once, sorted, with its labels", async () => {
    const { stack } = await read(KORTHWEB, { files: FILES });
    expect(stack.namespaces.map(({ name }) => name)).toEqual([
      "dicom",
      "istio-egress",
      "istio-ingress",
      "istio-system",
      "metallb-system",
      "reports",
      "spare",
    ]);
    expect(stack.namespaces[0]).toEqual({ name: "dicom", labels: { "istio-injection": "enabled" }, annotations: {} });
  });

  test("gives each release its values", async () => {
    const all = await releases(KORTHWEB);
    expect(all["istio-base"]?.values).toEqual({ validate: true });
    expect(all["istiod"]?.values).toEqual({
      global: { hub: "docker.io/istio" },
      meshConfig: { accessLogFile: "/dev/stdout" },
    });
    expect(all["istio-ingressgateway"]?.values).toEqual({
      labels: { team: "edge" },
      service: {
        type: "LoadBalancer",
        ports: [
          { name: "status-port", port: 15021, protocol: "TCP", targetPort: 15021 },
          { name: "http2", port: 80, protocol: "TCP", targetPort: 80 },
          { name: "https", port: 443, protocol: "TCP", targetPort: 443 },
          { name: "dicom-tls", port: 11112, protocol: "TCP", targetPort: 11112 },
        ],
      },
    });
    expect(all["istio-egressgateway"]?.values).toEqual({ service: { type: "ClusterIP" } });
    expect(all["dicom"]?.values).toEqual({ replicas: 2, image: { tag: "1" } });
  });

  test("follows the environment: its values, and what it goes without", async () => {
    const all = await releases(KORTHWEB, { environment: "prod" });
    expect(Object.keys(all)).not.toContain("metallb");
    expect(all["istiod"]?.values).toMatchObject({ pilot: { autoscaleMin: 2 } });
    const { stack } = await read(KORTHWEB, { files: FILES, environment: "prod" });
    expect(stack.environment).toEqual({ name: "prod", profile: null, context: "prod-eks" });
    expect(stack.namespaces.map(({ name }) => name)).not.toContain("metallb-system");
  });
});

describe("the sandbox", () => {
  const profiles = { sandbox: readFileSync(new URL("../../values/sandbox.yaml", import.meta.url), "utf8") };

  test("takes the environment of its name, its own profile and no context", async () => {
    const { stack } = await read(KORTHWEB, { files: FILES, profiles, sandbox: true });
    expect(stack.environment).toEqual({ name: "sandbox", profile: "sandbox", context: null });
    expect(stack.releases.find(({ name }) => name === "dicom")?.values).toMatchObject({ replicas: 1 });
  });

  test("takes the environment that is asked for", async () => {
    const { stack } = await read(KORTHWEB, { files: FILES, profiles, sandbox: true, environment: "prod" });
    expect(stack.environment).toEqual({ name: "prod", profile: "sandbox", context: null });
  });

  test("needs no environment in the file", async () => {
    const { stack } = await read("apiVersion: flotilla/v1\nstack: shop\n", { profiles, sandbox: true });
    expect(stack.environment).toEqual({ name: "sandbox", profile: "sandbox", context: null });
  });

  test("renders no webhook that nobody would answer", async () => {
    const all = await releases(KORTHWEB, { profiles, sandbox: true });
    expect(all["istio-base"]?.values).toMatchObject({ defaultRevision: "" });
    expect(all["istiod"]?.values).toMatchObject({
      global: { operatorManageWebhooks: true, configValidation: false, hub: "docker.io/istio" },
    });
  });
});

describe("without environments", () => {
  const text = "apiVersion: flotilla/v1\nstack: shop\nreleases: [{ name: app, namespace: shop, chart: ./app }]\n";

  test("there is one called default, with the usual settings", async () => {
    const { stack } = await read(text);
    expect(stack).toMatchObject({
      environment: { name: "default", profile: null, context: null },
      parallel: 4,
      stateNamespace: "flotilla-system",
      releases: [{ wait: { enabled: true, timeoutMs: 300_000 }, values: {} }],
    });
    expect((await read(text, { environment: "default" })).stack).toEqual(stack);
  });
});

describe("Istio", () => {
  const istio = (section: string): string => `apiVersion: flotilla/v1\nstack: mesh\nistio:\n${section}\n`;

  test.each([
    ["~", null, { type: "repository", url: "https://blob.istio.io/istio-release/charts", name: "istiod" }],
    ["~", "/packed/istio", { type: "repository", url: "/packed/istio", name: "istiod" }],
    ["./mirror", "/packed/istio", { type: "repository", url: "/stack/mirror", name: "istiod" }],
    [
      "https://charts.example/istio/",
      null,
      { type: "repository", url: "https://charts.example/istio", name: "istiod" },
    ],
    ["oci://charts.example/istio", null, { type: "oci", url: "oci://charts.example/istio/istiod" }],
  ])("takes its charts from source %s, default %s", async (source, defaultIstioSource, chart) => {
    const text = istio(source === "~" ? "  version: ~1.31.0" : `  source: ${source}`);
    const { stack } = await read(text, { defaultIstioSource });
    expect(stack.releases.find(({ name }) => name === "istiod")?.chart).toEqual(chart);
  });

  test.each([
    ["  version: ~1.31.0", "docker.io/istio"],
    ["  source: oci://ghcr.io/istio/release/charts", "docker.io/istio"],
    ["  hub: corp.example/istio", "corp.example/istio"],
    ["  source: ./mirror", undefined],
  ])("takes its images from the right hub: %s", async (section, hub) => {
    const { stack } = await read(istio(section));
    expect(stack.releases[1]?.values).toEqual(hub === undefined ? {} : { global: { hub } });
  });

  test("hands another namespace and pull secrets on to the charts that read them", async () => {
    const all = await releases(
      istio(
        "  namespace: mesh\n  source: ./mirror\n  imagePullSecrets: [login]\n  gateways: { in: { role: ingress, namespace: gw } }",
      ),
    );
    const values = { global: { istioNamespace: "mesh", imagePullSecrets: ["login"] } };
    expect(all["istio-base"]).toMatchObject({ namespace: "mesh", values });
    expect(all["istiod"]).toMatchObject({ namespace: "mesh", values });
    expect(all["in"]?.values).toEqual({ service: { type: "LoadBalancer" }, imagePullSecrets: [{ name: "login" }] });
  });

  test.each([
    ["{ istio-injection: enabled }", true],
    ["{ istio.io/rev: canary }", true],
    ["{ istio-injection: disabled, istio.io/rev: canary }", false],
    ["{ team: a }", false],
  ])("is needed where a namespace's labels ask for sidecars: %s", async (labels, injected) => {
    const release = "releases: [{ name: app, namespace: shop, chart: ./app }]";
    const text = `namespaces: { shop: { labels: ${labels} } }\n${release}`;
    expect((await releases(istio(`  version: 1.31.0\n${text}`)))["app"]).toMatchObject({
      injected,
      needs: injected ? ["istiod"] : [],
    });
    // Somebody else may run Istio: the gate is then all there is to wait for.
    expect((await releases(`apiVersion: flotilla/v1\nstack: shop\n${text}\n`))["app"]).toMatchObject({
      injected,
      needs: [],
    });
  });

  test("can go without istiod in an environment: implied needs on it go as well", async () => {
    const all = await releases(
      `${istio("  gateways: { in: { role: ingress, namespace: gw } }")}environments: { shared: { releases: { istiod: { enabled: false } } } }\n`,
    );
    expect(Object.keys(all)).toEqual(["istio-base", "in"]);
    expect(all["in"]?.needs).toEqual([]);
  });
});

describe("warnings", () => {
  test("name what is about to break or has no effect, and refuse nothing", async () => {
    const { warnings } = await read(`apiVersion: flotilla/v1
stack: mesh
requires: { helm: ">=3.18" }
istio:
  source: oci://gcr.io/istio-release/charts
  hub: registry.istio.io/release
  gateways: { in: { role: ingress, namespace: gw, exposure: public } }
`);
    expect(warnings.map(inOneLine)).toEqual([
      "warning flotilla.yaml:3:1 this version of flotilla reads requires, but does not check it yet",
      "warning flotilla.yaml:5:11 Istio removes gcr.io/istio-release in December 2026 | use https://blob.istio.io/istio-release/charts",
      "warning flotilla.yaml:6:8 Istio removes registry.istio.io in December 2026 | use docker.io/istio",
      'warning flotilla.yaml:7:51 exposure has no effect: the environment "default" names no profile | what it means depends on the platform; set profile, or the service\'s annotations in values',
    ]);
  });
});
