import type { GiveUpOverrides } from "./diagnosis.ts";
import type { JsonObject } from "./json.ts";
import type { SmokeTest } from "./verify.ts";
import type { WaitCondition } from "./wait-condition.ts";

/** How a named source of the stack file (`sources`) is reached. */
export interface SourceAccess {
  /** Its name in the stack file, for people. */
  readonly name: string;
  /** Absolute path of a PEM file whose authorities are trusted besides the usual ones; null for none. */
  readonly caFile: string | null;
  /** Null: Helm's and Docker's own logins are used. */
  readonly credentials: { readonly username: string; readonly password: string } | null;
}

/** Where a chart comes from. Paths are absolute; URLs carry no credentials. */
export type ChartReference =
  | { readonly type: "folder"; readonly path: string }
  | { readonly type: "archive"; readonly path: string }
  /** Plain manifests, wrapped into a chart of the release's name: that makes them a Helm release like any other. */
  | { readonly type: "manifests"; readonly name: string; readonly files: readonly string[] }
  /** An HTTP repository (`index.yaml` under `url`), or a folder that holds an index or archives when `url` is an absolute path. */
  | { readonly type: "repository"; readonly url: string; readonly name: string; readonly access?: SourceAccess }
  /** `url` names the chart itself: `oci://host/path/name`. */
  | { readonly type: "oci"; readonly url: string; readonly access?: SourceAccess };

/** What flotilla knows of a release by its chart's part in a well-known stack; null for charts it has no knowledge of. */
export type ReleaseRole =
  | "istio-base"
  | "istiod"
  | "istio-cni"
  | "ztunnel"
  | "istio-ingress-gateway"
  | "istio-egress-gateway"
  | "cert-manager"
  | "metallb";

/** How a release is waited for. */
export interface WaitOptions {
  /** Milliseconds from the start of the release's own step. */
  readonly timeoutMs: number;
  /** False: the release counts as ready as soon as helm is done. */
  readonly enabled: boolean;
  /** Who waits: `watch` flotilla, `helm` Helm's own `--wait`; `auto` leaves Helm only what it alone can do (hooks). */
  readonly engine: "auto" | "watch" | "helm";
  /** What must hold besides the readiness of the release's own objects. */
  readonly for: readonly WaitCondition[];
  /** How long what is wrong is put up with, where that differs from `diagnosis/give-up.ts`. */
  readonly giveUp?: GiveUpOverrides;
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
  /** True for gateways whose values nobody has written: they are what flotilla knows of their role and platform. */
  readonly valuesAreOurs?: true;
  readonly wait: WaitOptions;
  /** True: a release of this name that nobody has claimed may be taken over. */
  readonly adopt: boolean;
  /** True: fields of its objects that others hold are taken over, where Helm applies on the server's side. */
  readonly forceConflicts: boolean;
  /** True: `down` refuses to uninstall it. */
  readonly protect: boolean;
  /** Its smoke tests; left out for none. */
  readonly verify?: readonly SmokeTest[];
}

/** Names one Secret. */
export interface SecretName {
  readonly namespace: string;
  readonly name: string;
}

/** A namespace that a release of the stack lives in, or that the stack file declares. */
export interface Namespace {
  readonly name: string;
  readonly labels: { readonly [key: string]: string };
  readonly annotations: { readonly [key: string]: string };
  /** Secrets of other namespaces that are copied into this one before anything goes into it. */
  readonly pullSecretsFrom: readonly SecretName[];
}

/** A target that a stack can go to. */
export interface Environment {
  readonly name: string;
  /** Platform: minikube, kind, k3s, aks, eks, gke, openshift, sandbox; null for none. */
  readonly profile: string | null;
  /** Kubeconfig context; null when the environment names none. */
  readonly context: string | null;
}

/** What a stack was made for, as semver ranges; null where the file says nothing. */
export interface Requirements {
  readonly helm: string | null;
  readonly kubernetes: string | null;
  readonly flotilla: string | null;
}

/** A stack file, read and expanded for one environment. */
export interface Stack {
  readonly name: string;
  /** Absolute path of the stack file. */
  readonly file: string;
  readonly environment: Environment;
  readonly requires: Requirements;
  /** In the file's order, Istio's releases first. */
  readonly releases: readonly Release[];
  /** Declared ones and every release's own, sorted by name. */
  readonly namespaces: readonly Namespace[];
  /** Whether a pod that was made before Istio's injection answered is replaced, once. */
  readonly repairInjection: boolean;
  /** How many helm processes may run at once. */
  readonly parallel: number;
  /** Holds the stack's record and lock. */
  readonly stateNamespace: string;
}
