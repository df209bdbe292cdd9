import type { AppChoice, EnvironmentChoice, IstioChoice, StackChoices } from "../../src/init/choices.ts";

const LOCAL: EnvironmentChoice = { name: "dev", profile: "minikube", context: "minikube" };
const CLOUD: EnvironmentChoice = { name: "prod", profile: "eks", context: "arn:aws:eks:eu-west-1:1:cluster/prod" };
const NOWHERE: EnvironmentChoice = { name: "other", profile: null, context: null };

/** What may be said of each part of a stack. */
const ENVIRONMENTS = [[], [CLOUD, LOCAL], [NOWHERE]] as const;
const GATEWAYS = [[], ["ingress"], ["egress"], ["ingress", "egress"]] as const;
const PORTS = [
  [],
  [{ name: "dicom-tls", port: 11112 }],
  [
    { name: "dicom-tls", port: 4242 },
    { name: "db", port: 5432 },
  ],
] as const;
const CHARTS: readonly Pick<AppChoice, "chart" | "version">[] = [
  { chart: { example: "dicom" }, version: null },
  { chart: "./charts/shop", version: null },
  { chart: "oci://charts.example/team/shop", version: "^1.0.0" },
  { chart: { source: "https://charts.example", name: "shop" }, version: null },
];

function istioChoices(environments: readonly EnvironmentChoice[]): readonly (IstioChoice | null)[] {
  // It is said only where the platform makes something of it.
  const exposures = environments.some(({ profile }) => profile === null)
    ? [null]
    : ([null, "internal", "public"] as const);
  const all = (["sidecar", "ambient"] as const).flatMap((mode) =>
    GATEWAYS.flatMap((gateways) => {
      const hasIngress = gateways.some((role) => role === "ingress");
      return (hasIngress ? PORTS : [[]]).flatMap((ports) =>
        (hasIngress && environments.length > 0 ? exposures : [null]).map((exposure): IstioChoice => {
          return { version: "~1.31.0", mode, gateways, ports, exposure };
        }),
      );
    }),
  );
  return [null, ...all];
}

/** Every way to choose. */
export function allChoices(): readonly StackChoices[] {
  return ENVIRONMENTS.flatMap((environments) =>
    istioChoices(environments).flatMap((istio) => {
      const apps = CHARTS.flatMap((chart) =>
        (istio === null ? [false] : [true, false]).map((mesh): AppChoice => {
          return { release: "shop", namespace: "shop", ...chart, mesh };
        }),
      );
      return [null, ...apps].map((app): StackChoices => ({ stack: "shop", environments, istio, app }));
    }),
  );
}

/** One of each, for texts to look at. */
export const SAMPLES: Readonly<Record<string, StackChoices>> = {
  "a name alone": { stack: "shop", environments: [], istio: null, app: null },
  "the example, everywhere": {
    stack: "archive",
    environments: [CLOUD, LOCAL],
    istio: {
      version: "~1.31.0",
      mode: "sidecar",
      gateways: ["ingress", "egress"],
      ports: [{ name: "dicom-tls", port: 11112 }],
      exposure: "public",
    },
    app: { release: "dicom", namespace: "dicom", chart: { example: "dicom" }, version: null, mesh: false },
  },
  "a chart of a registry, in an ambient mesh": {
    stack: "shop",
    environments: [LOCAL],
    istio: { version: ">=1.30 <2", mode: "ambient", gateways: [], ports: [], exposure: null },
    app: { release: "shop", namespace: "front", chart: "oci://charts.example/shop", version: "^1.0.0", mesh: true },
  },
  "a folder without a mesh": {
    stack: "shop",
    environments: [],
    istio: null,
    app: { release: "shop", namespace: "shop", chart: "./charts/shop", version: null, mesh: false },
  },
};
