import type { ChartPlace, EnvironmentChoice, GatewayRole, PortChoice } from "./choices.ts";
import type { ExampleChart } from "./example.ts";

/** What has been said so far, by flags and answers; what is not there has not been said. */
export interface Answers {
  readonly stack?: string;
  readonly environments?: readonly EnvironmentChoice[];
  /** False: no environment is asked for any more. */
  readonly moreEnvironments?: boolean;
  /** The environment that is being asked for. */
  readonly draft?: Partial<EnvironmentChoice>;
  readonly istio?: boolean;
  /** A semver range. */
  readonly istioVersion?: string;
  readonly mode?: "sidecar" | "ambient";
  readonly gateways?: readonly GatewayRole[];
  readonly ports?: readonly PortChoice[];
  readonly exposure?: "internal" | "public";
  /** Null: none. */
  readonly app?: ChartPlace | ExampleChart | null;
  readonly release?: string;
  readonly namespace?: string;
  /** A semver range. */
  readonly chartVersion?: string;
  readonly mesh?: boolean;
}

/** What is around the file that is to be written. */
export interface Surroundings {
  /** Name of the folder that the user is in. */
  readonly folder: string;
  /** Contexts of the kubeconfig, the current one first. */
  readonly contexts: readonly string[];
  /** Folders with a chart, as the file would name them: `./charts/shop`; `dicom` for the example's. */
  readonly charts: readonly string[];
}

/** Something to ask. An empty answer means what is in brackets. */
export interface Question {
  /** Lines that go before it. */
  readonly lead: readonly string[];
  readonly text: string;
  /** What an empty answer means, for people. */
  readonly preset: string;
  /** All answers with this one; text says what is wrong with it. */
  readonly take: (line: string) => Answers | string;
}
