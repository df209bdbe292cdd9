import type { ExampleChart } from "./example.ts";

/** A chart as the stack file names it: a folder, an archive, `oci://…`, or one of a repository. */
export type ChartPlace = string | { readonly source: string; readonly name: string };

/** An environment of the stack file. */
export interface EnvironmentChoice {
  readonly name: string;
  /** The platform; null for none. */
  readonly profile: string | null;
  /** Of the kubeconfig; null for none. */
  readonly context: string | null;
}

/** A port that a gateway opens beside those of its chart. */
export interface PortChoice {
  readonly name: string;
  readonly port: number;
}

/** What a gateway is for. */
export type GatewayRole = "ingress" | "egress";

/** Istio as the stack shall have it. */
export interface IstioChoice {
  /** A semver range. */
  readonly version: string;
  readonly mode: "sidecar" | "ambient";
  readonly gateways: readonly GatewayRole[];
  /** Of the ingress gateway. */
  readonly ports: readonly PortChoice[];
  /** Of the ingress gateway; null leaves it to the platform's default, which is internal. */
  readonly exposure: "internal" | "public" | null;
}

/** The release beside Istio's. */
export interface AppChoice {
  readonly release: string;
  readonly namespace: string;
  readonly chart: ChartPlace | ExampleChart;
  /** A semver range; null for any version, and for charts that have just one. */
  readonly version: string | null;
  /** Whether its pods join the mesh. */
  readonly mesh: boolean;
}

/** Everything that a new stack file says. */
export interface StackChoices {
  readonly stack: string;
  /** The first is the default. */
  readonly environments: readonly EnvironmentChoice[];
  readonly istio: IstioChoice | null;
  readonly app: AppChoice | null;
}
