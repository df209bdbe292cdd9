import type { AppChoice, IstioChoice, StackChoices } from "./choices.ts";
import { EXAMPLE_FOLDER, EXAMPLE_PORT, isExample } from "./example.ts";
import { GATEWAYS } from "./istio-text.ts";
import { indented, inline, scalar } from "./yaml-text.ts";

/** The `namespaces` section: it exists where the app joins the mesh. */
export function meshLines({ istio, app }: StackChoices): readonly string[] {
  if (istio === null || app === null || !app.mesh) return [];
  const [about, key, value] =
    istio.mode === "ambient"
      ? [
          "Its pods join the mesh through ztunnel; nothing starts here before it is ready.",
          "istio.io/dataplane-mode",
          "ambient",
        ]
      : ["Its pods get a sidecar; nothing starts here before Istio's injection answers.", "istio-injection", "enabled"];
  const labels = inline([["labels", inline([[key, value]])]]);
  return [`# ${about}`, "namespaces:", ...indented([`${scalar(app.namespace)}: ${labels}`])];
}

/** The `releases` section. */
export function appLines({ istio, app }: StackChoices): readonly string[] {
  if (app === null) {
    const lines = [
      "releases:",
      "  - name: app",
      "    namespace: app",
      "    chart: ./charts/app",
      ...indented(needsLines(istio), 4),
    ];
    return [
      "# Your own releases: a chart's folder, an archive, oci://…, or { source: https://…, name: … }.",
      ...lines.map((line) => `# ${line}`),
    ];
  }
  const body = [
    `namespace: ${scalar(app.namespace)}`,
    ...chartLines(app),
    ...needsLines(istio),
    ...valuesLines(app, istio),
  ];
  return ["releases:", ...indented([`- name: ${scalar(app.release)}`, ...indented(body)])];
}

function chartLines({ chart, version }: AppChoice): readonly string[] {
  if (isExample(chart)) {
    return [
      "# A DICOM archive: Orthanc with PostgreSQL. The chart is yours to change; its README names every value.",
      `chart: ${EXAMPLE_FOLDER}`,
    ];
  }
  if (typeof chart === "string" && !chart.startsWith("oci://")) {
    const kind = /\.(tgz|tar\.gz)$/.test(chart) ? "An archive" : "A folder";
    return [`# ${kind} is read as it is.`, `chart: ${scalar(chart)}`];
  }
  const place =
    typeof chart === "string"
      ? scalar(chart)
      : inline([
          ["source", scalar(chart.source)],
          ["name", scalar(chart.name)],
        ]);
  const about = "# The newest version that fits is pinned in flotilla.lock; without a range, the newest of all.";
  const byDigest = typeof chart === "string" && chart.includes("@sha256:");
  if (byDigest) return [`chart: ${place}`];
  return [`chart: ${place}`, about, version === null ? "# version: ^1.0.0" : `version: ${scalar(version)}`];
}

/** What Istio brings comes first: its gateways, or else its CRDs. */
function needsLines(istio: IstioChoice | null): readonly string[] {
  if (istio === null) return ["# It starts as soon as these releases are ready.", "# needs: [other]"];
  const gateways = istio.gateways.map((role) => GATEWAYS[role].name);
  return [
    "# It starts as soon as these are ready.",
    `needs: [${(gateways.length === 0 ? ["istiod"] : gateways).join(", ")}]`,
  ];
}

function valuesLines(app: AppChoice, istio: IstioChoice | null): readonly string[] {
  if (isExample(app.chart)) return ["values:", ...indented(exampleValues(istio))];
  return [
    '# Files and mappings; later ones win. What must not be seen: "${secret:env:NAME}".',
    "# values: [values.yaml, { replicas: 2 }]",
  ];
}

function exampleValues(istio: IstioChoice | null): readonly string[] {
  const storage = [
    "postgres:",
    "  # A try-out: the images are gone with the database's pod. Take this away to keep them on a volume.",
    "  persistence: { enabled: false }",
  ];
  if (istio === null || !istio.gateways.includes("ingress")) {
    const lines = [
      "# No gateway leads in: reached inside the cluster only, without TLS.",
      "routing: { enabled: false }",
      ...storage,
    ];
    return listItem(lines);
  }
  const port = istio.ports.find(({ name }) => name === EXAMPLE_PORT.name)?.port ?? EXAMPLE_PORT.port;
  return listItem(["routing:", ...indented(routingLines(port, istio.exposure === "public")), ...storage]);
}

function routingLines(port: number, isPublic: boolean): readonly string[] {
  const web = ["# The only host name that answers on 443.", "web: { host: web.dicom.test }"];
  if (isPublic) {
    return [
      ...web,
      "# Reached from the internet: DICOM clients need a certificate. The chart's own CA signs one for a first client.",
      `dicom: { port: ${port}, exposure: public, clientCertificates: { required: true } }`,
    ];
  }
  return port === EXAMPLE_PORT.port ? web : [...web, `dicom: { port: ${port} }`];
}

function listItem(lines: readonly string[]): readonly string[] {
  return lines.map((line, index) => `${index === 0 ? "- " : "  "}${line}`);
}
