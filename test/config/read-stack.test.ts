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
      { name: "metallb", namespace: "metallb-system", role: "metallb", needs: [], injected: false },
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
    const wait = { enabled: true, timeoutMs: 90_000, engine: "auto", for: [] };
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
      wait: { enabled: false, timeoutMs: 90_000, engine: "auto", for: [] },
    });
    expect(all["dicom"]).toMatchObject({
      chart: { type: "folder", path: "/stack/charts/dicom" },
      version: null,
      wait: { enabled: true, timeoutMs: 5_400_000, engine: "auto", for: [] },
    });
    expect(all["reports"]?.chart).toEqual({ type: "oci", url: "oci://charts.example/team/reports" });
    expect(all["packed"]?.chart).toEqual({ type: "archive", path: "/packed-1.0.0.tgz" });
    expect(all["mirrored"]?.chart).toEqual({ type: "oci", url: "oci://charts.example/mirror/app" });
    expect(all["shelved"]?.chart).toEqual({ type: "repository", url: "/shelf", name: "app" });
  });

  test("reads how long a release puts up with what is wrong", async () => {
    const text =
      "apiVersion: flotilla/v1\nstack: shop\nreleases:\n  - name: app\n    namespace: shop\n    chart: ./app\n" +
      "    wait: { giveUp: { image-pull: 30s, unschedulable: never, quota: 0s } }\n";
    const { stack } = await read(text);
    const giveUp = { "image-pull": 30_000, unschedulable: null, quota: 0 };
    expect(stack.releases[0]?.wait).toMatchObject({ timeoutMs: 300_000, giveUp });
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
    expect(stack.namespaces[0]).toEqual({
      name: "dicom",
      labels: { "istio-injection": "enabled" },
      annotations: {},
      pullSecretsFrom: [],
    });
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

  test("what the file requires is kept, what it does not mention is null", async () => {
    expect((await read(text)).stack.requires).toEqual({ helm: null, kubernetes: null, flotilla: null });
    const { stack, warnings } = await read(`${text}requires: { helm: ">=3.18" }\n`);
    expect(stack.requires).toEqual({ helm: ">=3.18", kubernetes: null, flotilla: null });
    expect(warnings).toEqual([]);
  });

  test("there is one called default, with the usual settings", async () => {
    const { stack } = await read(text);
    expect(stack).toMatchObject({
      environment: { name: "default", profile: null, context: null },
      parallel: 4,
      stateNamespace: "flotilla-system",
      releases: [{ wait: { enabled: true, timeoutMs: 300_000, engine: "auto", for: [] }, values: {} }],
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

  test("can be others' in an environment: implied needs on it go, with a warning for what counts on it", async () => {
    const { stack, warnings } = await read(
      `${istio("  gateways: { in: { role: ingress, namespace: gw } }")}environments: { shared: { releases: { istiod: { enabled: false } } } }\n`,
    );
    expect(stack.releases.map(({ name, needs }) => [name, needs])).toEqual([
      ["istio-base", []],
      ["in", []],
    ]);
    expect(warnings.map(({ line, message }) => [line, message])).toEqual([
      [
        expect.any(Number),
        'the environment "shared" goes without "istiod": "in" counts on one that others run there, and nothing waits for it',
      ],
    ]);
  });

  test("can be left out of an environment with all that it takes into the mesh", async () => {
    const disabled = "istio-base: { enabled: false }, istiod: { enabled: false }, in: { enabled: false }";
    const all = await releases(
      `${istio("  gateways: { in: { role: ingress, namespace: gw } }")}releases: [{ name: app, namespace: shop, chart: ./app }]
environments: { bare: { releases: { ${disabled} } } }
`,
    );
    expect(Object.keys(all)).toEqual(["app"]);
  });
});

describe("warnings", () => {
  test("name what is about to break or has no effect, and refuse nothing", async () => {
    const { warnings } = await read(`apiVersion: flotilla/v1
stack: mesh
istio:
  source: oci://gcr.io/istio-release/charts
  hub: registry.istio.io/release
  gateways: { in: { role: ingress, namespace: gw, exposure: public } }
`);
    expect(warnings.map(inOneLine)).toEqual([
      "warning flotilla.yaml:4:11 Istio removes gcr.io/istio-release in December 2026 | use https://blob.istio.io/istio-release/charts",
      "warning flotilla.yaml:5:8 Istio removes registry.istio.io in December 2026 | use docker.io/istio",
      'warning flotilla.yaml:6:51 exposure has no effect: the environment "default" names no profile | what it means depends on the platform; set profile, or the service\'s annotations in values',
    ]);
  });
});

describe("the rest of a release", () => {
  const HEAD = "apiVersion: flotilla/v1\nstack: shop\n";

  test("waits for conditions, by name or labels, by condition or field", async () => {
    const { app } = await releases(`${HEAD}releases:
  - name: app
    namespace: shop
    chart: ./app
    wait:
      engine: helm
      for:
        - { apiVersion: cert-manager.io/v1, kind: Certificate, name: web, namespace: edge, condition: Ready }
        - { apiVersion: v1, kind: Pod, selector: { app: db }, condition: "Ready=False" }
        - { apiVersion: v1, kind: Pod, name: db, jsonPath: "{.status.phase}", value: Running }
        - { apiVersion: v1, kind: Service, name: web, jsonPath: ".status.loadBalancer.ingress[0].ip" }
`);
    expect(app?.wait).toEqual({
      enabled: true,
      timeoutMs: 300_000,
      engine: "helm",
      for: [
        {
          apiVersion: "cert-manager.io/v1",
          kind: "Certificate",
          namespace: "edge",
          select: { name: "web" },
          expect: { type: "condition", condition: "Ready", status: "True" },
        },
        {
          apiVersion: "v1",
          kind: "Pod",
          namespace: null,
          select: { labels: { app: "db" } },
          expect: { type: "condition", condition: "Ready", status: "False" },
        },
        {
          apiVersion: "v1",
          kind: "Pod",
          namespace: null,
          select: { name: "db" },
          expect: { type: "jsonpath", path: "{.status.phase}", value: "Running" },
        },
        {
          apiVersion: "v1",
          kind: "Service",
          namespace: null,
          select: { name: "web" },
          expect: { type: "jsonpath", path: ".status.loadBalancer.ingress[0].ip", value: null },
        },
      ],
    });
  });

  test("is made of manifests, sorted, each once", async () => {
    const files = { "crds/b.yaml": "", "crds/a.yaml": "", "extra/c.yaml": "", "readme.txt": "" };
    const { crds } = await releases(
      `${HEAD}releases: [{ name: crds, namespace: shop, manifests: [extra/c.yaml, "crds/*.yaml", "**/a.yaml"] }]\n`,
      { files },
    );
    expect(crds).toMatchObject({
      chart: {
        type: "manifests",
        name: "crds",
        files: ["/stack/crds/a.yaml", "/stack/crds/b.yaml", "/stack/extra/c.yaml"],
      },
      version: null,
    });
  });

  test("is adopted and protected when it is said", async () => {
    const all = await releases(`${HEAD}releases:
  - { name: a, namespace: shop, chart: ./a, adopt: true, protect: true }
  - { name: b, namespace: shop, chart: ./b }
`);
    expect(all["a"]).toMatchObject({ adopt: true, protect: true });
    expect(all["b"]).toMatchObject({ adopt: false, protect: false });
  });

  test("takes fields from others when it is said, release by release", async () => {
    const all = await releases(`${HEAD}istio:
  forceConflicts: true
  base: { forceConflicts: true }
  gateways:
    one: { role: ingress, namespace: edge, forceConflicts: true }
    two: { role: egress, namespace: edge }
releases:
  - { name: a, namespace: shop, chart: ./a, forceConflicts: true }
  - { name: b, namespace: shop, chart: ./b }
`);
    const forced = Object.values(all).filter(({ forceConflicts }) => forceConflicts);
    expect(forced.map(({ name }) => name).toSorted()).toEqual(["a", "istio-base", "istiod", "one"]);
  });
});

describe("smoke tests", () => {
  test("have what they need, by the stack's only ingress gateway and by services", async () => {
    const all = await releases(`apiVersion: flotilla/v1
stack: shop
istio: { gateways: { in: { role: ingress, namespace: edge }, out: { role: egress, namespace: edge } } }
releases:
  - name: app
    namespace: shop
    chart: ./app
    verify:
      - https: { host: web.test, status: 401, login: { secret: login, username: me } }
        ca: { secret: edge/tls, key: ca.pem }
        clientCertificate: mine
      - { dicom: { roundTrip: true }, timeout: 1m, dns: true, ca: { file: ca.pem } }
      - { name: db, tcp: , service: other/db, port: 5432 }
`);
    const base = { release: "app", namespace: "shop", dns: false, tls: true, timeoutMs: 10_000 };
    const gateway = { type: "gateway", release: "in", namespace: "edge" };
    const login = { secret: { namespace: "shop", name: "login" }, username: "me", usernameKey: "username" };
    expect(all["app"]?.verify).toEqual([
      {
        ...base,
        kind: "https",
        name: "https",
        entrance: gateway,
        port: 443,
        host: "web.test",
        path: "/",
        statuses: [401],
        login: { ...login, passwordKey: "password" },
        authority: { type: "secret", secret: { namespace: "edge", name: "tls" }, key: "ca.pem" },
        clientCertificate: { namespace: "shop", name: "mine" },
      },
      {
        ...base,
        kind: "dicom",
        name: "dicom",
        entrance: gateway,
        port: 11112,
        host: null,
        calledTitle: "ORTHANC",
        callingTitle: "FLOTILLA",
        sni: "optional",
        roundTrip: true,
        dns: true,
        authority: { type: "file", path: "/stack/ca.pem" },
        clientCertificate: null,
        timeoutMs: 60_000,
      },
      {
        ...base,
        kind: "tcp",
        name: "db",
        entrance: { type: "service", namespace: "other", name: "db" },
        port: 5432,
        host: null,
        tls: false,
        authority: null,
        clientCertificate: null,
      },
    ]);
    expect(all["in"]?.verify).toBeUndefined();
  });
});

describe("node agents", () => {
  const text = (istio: string): string => `apiVersion: flotilla/v1
stack: mesh
namespaces:
  injected: { labels: { istio-injection: enabled } }
  ambient: { labels: { istio.io/dataplane-mode: ambient } }
istio: ${istio}
releases:
  - { name: one, namespace: injected, chart: ./a }
  - { name: two, namespace: ambient, chart: ./a }
`;
  const needs = async (istio: string): Promise<unknown> => {
    const { stack } = await read(text(istio));
    return Object.fromEntries(stack.releases.map((release) => [release.name, release.needs]));
  };

  test("of sidecar mode: cni when it is asked for, before what is injected", async () => {
    expect(await needs("{ cni: }")).toEqual({
      "istio-base": [],
      istiod: ["istio-base"],
      "istio-cni": ["istiod"],
      one: ["istiod", "istio-cni"],
      two: [],
    });
  });

  test("of ambient mode: cni and ztunnel, before what ztunnel takes in", async () => {
    expect(await needs("{ mode: ambient }")).toEqual({
      "istio-base": [],
      istiod: ["istio-base"],
      "istio-cni": ["istiod"],
      ztunnel: ["istiod", "istio-cni"],
      one: ["istiod"],
      two: ["ztunnel"],
    });
  });

  test("have values of their own", async () => {
    const all = await releases(text("{ mode: ambient, cni: { values: { a: 1 } }, ztunnel: { values: { b: 2 } } }"));
    expect(all["istio-cni"]?.values).toMatchObject({ a: 1, profile: "ambient" });
    expect(all["ztunnel"]?.values).toMatchObject({ b: 2 });
  });
});

test("pull secrets come from the state namespace unless they name another", async () => {
  const { stack } = await read(`apiVersion: flotilla/v1
stack: shop
namespaces: { shop: { pullSecretsFrom: [login, vault/other] } }
state: { namespace: here }
`);
  expect(stack.namespaces).toEqual([
    {
      name: "shop",
      labels: {},
      annotations: {},
      pullSecretsFrom: [
        { namespace: "here", name: "login" },
        { namespace: "vault", name: "other" },
      ],
    },
  ]);
});

describe("a file that requires another flotilla", () => {
  const text = 'apiVersion: flotilla/v1\nstack: shop\nrequires: { flotilla: ">=0.3" }\nnovelty: {}\n';

  test("is refused for that, whatever else it holds that this one does not know", async () => {
    await expect(read(text, { flotillaVersion: "0.2.9" })).rejects.toMatchObject({
      code: "preflight-failed",
      message: "flotilla.yaml requires flotilla >=0.3; this one is 0.2.9.",
      findings: [{ code: "requires-flotilla", severity: "error" }],
    });
  });

  test("is read by one that fits, pre-releases included, or when the version is no matter", async () => {
    for (const flotillaVersion of ["0.3.0", "0.4.0-rc.1", null]) {
      await expect(read(text, { flotillaVersion })).rejects.toMatchObject({ code: "config-invalid" });
    }
  });
});
