import type { ObjectRef } from "./kube-object.ts";

/** Labels that flotilla puts on Helm's own record of a release: whose it is, and the keyed hash of what it was made from. */
export const STACK_LABEL = "flotilla.dev/stack";
export const INPUTS_LABEL = "flotilla.dev/inputs";
/** The label of a release whose objects were there before flotilla: no recovery and no undo may uninstall it. */
export const ADOPTED_LABEL = "flotilla.dev/adopted";

/** Helm's release states (helm.sh/helm pkg/release/common/status.go). */
export type HelmStatus =
  | "unknown"
  | "deployed"
  | "uninstalled"
  | "superseded"
  | "failed"
  | "uninstalling"
  | "pending-install"
  | "pending-upgrade"
  | "pending-rollback";

/** The newest revision of a Helm release, as the cluster has it. */
export interface ObservedRelease {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  readonly status: HelmStatus;
  /** Newest revision with status deployed; null when none is. */
  readonly deployedRevision: number | null;
  /** Label `flotilla.dev/stack`; null when the release was not made by flotilla. */
  readonly stack: string | null;
  /** Label `flotilla.dev/inputs`; null when there is none. */
  readonly inputsHash: string | null;
  /** Label `flotilla.dev/adopted`: its objects, or some of them, were not made by flotilla. */
  readonly adopted: boolean;
}

/** A process on some host that did or does work on the stack. */
export interface RunOwner {
  readonly run: string;
  readonly host: string;
  readonly pid: number;
  /** Where and when the process started, for comparing only: tells a reused pid, and hosts of one name, apart. */
  readonly processStarted: string;
}

/** What the stack's own record says of one release. */
export interface RecordedRelease {
  readonly namespace: string;
  /** The revision that flotilla left; null before the first one was finished. */
  readonly revision: number | null;
  /** The keyed hash of the inputs of that revision; null before the first one was finished. */
  readonly inputsHash: string | null;
  /** What is waited for of that revision: an unchanged release is judged without reading its manifest again. */
  readonly targets: readonly ObjectRef[];
  /**
   * Its objects as the cluster had them when they were as its manifest says: where they still are, nobody need read the
   * manifest again. Records of earlier flotillas do not say.
   */
  readonly seen?: readonly SeenObject[];
  /** Names of releases that it stands on, as of that revision; records of earlier flotillas do not say. */
  readonly needs?: readonly string[];
  /** True when nothing may uninstall it. */
  readonly protect?: boolean;
  /** Set before helm starts, cleared when it ends by itself: who is about to do what. */
  readonly intent: ReleaseIntent | null;
}

/** An object of a release as it was seen in the cluster. */
export interface SeenObject extends ObjectRef {
  /** Changes whenever the object does; empty for one that was not as it should be. */
  readonly mark: string;
}

/** "About to", written before the effect. */
export interface ReleaseIntent {
  readonly action: "install" | "upgrade" | "adopt" | "recover" | "uninstall";
  readonly owner: RunOwner;
  /** The revision that was there when it was announced, which says what it can have made; null when there was none. */
  readonly fromRevision: number | null;
  /** ISO 8601. */
  readonly since: string;
}

/** The Secret that holds what a stack owns. */
export interface StackRecord {
  readonly stack: string;
  /** Hex key of the inputs' hashes: values cannot be guessed from a label. */
  readonly hashKey: string;
  readonly releases: { readonly [name: string]: RecordedRelease };
  /** Namespaces that flotilla made, and so may delete. */
  readonly namespaces: readonly string[];
}
