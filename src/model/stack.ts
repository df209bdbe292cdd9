import type { JsonObject } from "./json.ts";

/** Where a chart comes from. Paths are absolute; URLs carry no credentials. */
export type ChartReference =
  | { readonly type: "folder"; readonly path: string }
  | { readonly type: "archive"; readonly path: string }
  /** An HTTP repository (`index.yaml` under `url`), or a folder that holds an index or archives when `url` is an absolute path. */
  | { readonly type: "repository"; readonly url: string; readonly name: string }
  /** `url` names the chart itself: `oci://host/path/name`. */
  | { readonly type: "oci"; readonly url: string };

/** What flotilla knows of a release by its chart's part in a well-known stack; null for charts it has no knowledge of. */
export type ReleaseRole = "istio-base" | "istiod" | "istio-ingress-gateway" | "istio-egress-gateway";

/** How a release is waited for. */
export interface WaitOptions {
  /** Milliseconds from the start of the release's own step. */
  readonly timeoutMs: number;
  /** False: the release counts as ready as soon as helm is done. */
  readonly enabled: boolean;
}

/** A Helm release that must exist. */
export interface Release {
  /** Unique within the stack. */
  readonly name: string;
  readonly namespace: string;
  readonly role: ReleaseRole | null;
  readonly chart: ChartReference;
  /** Semver range; null when any version goes (folders and archives have just one). */
  readonly version: string | null;
  /** Names of releases that must be ready first, implied ones included; no duplicates. */
  readonly needs: readonly string[];
  /** True when its pods get a sidecar or gateway proxy by Istio's webhook: it waits for the injection gate. */
  readonly injected: boolean;
  /** All layers merged, below them only the chart's own defaults. */
  readonly values: JsonObject;
  readonly wait: WaitOptions;
}

/** A namespace that a release of the stack lives in, or that the stack file declares. */
export interface Namespace {
  readonly name: string;
  readonly labels: { readonly [key: string]: string };
  readonly annotations: { readonly [key: string]: string };
}

/** A target that a stack can go to. */
export interface Environment {
  readonly name: string;
  /** Platform: minikube, kind, k3s, aks, eks, gke, openshift, sandbox; null for none. */
  readonly profile: string | null;
  /** Kubeconfig context; null when the environment names none. */
  readonly context: string | null;
}

/** A stack file, read and expanded for one environment. */
export interface Stack {
  readonly name: string;
  /** Absolute path of the stack file. */
  readonly file: string;
  readonly environment: Environment;
  /** In the file's order, Istio's releases first. */
  readonly releases: readonly Release[];
  /** Declared ones and every release's own, sorted by name. */
  readonly namespaces: readonly Namespace[];
  /** How many helm processes may run at once. */
  readonly parallel: number;
  /** Holds the stack's record and lock. */
  readonly stateNamespace: string;
}
