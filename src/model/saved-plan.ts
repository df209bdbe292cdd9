import type { Plan, PlannedChart } from "./plan.ts";

/** What was asked of a plan beside what the stack file says. An `up` of the saved plan takes it from there. */
export interface PlanChoices {
  /** Release names; empty for all. */
  readonly only: readonly string[];
  readonly withNeeds: boolean;
  readonly prune: boolean;
  readonly adopt: boolean;
  readonly takeOver: boolean;
  /** Names of releases that take over fields which others hold. */
  readonly forceConflicts: readonly string[];
  /** `RELEASE.path=value` each, as given: references to variables and secrets stand as they are written. */
  readonly set: readonly string[];
}

/** Tells clusters apart, whatever a kubeconfig calls them. */
export interface ClusterIdentity {
  /** Uid of the namespace kube-system, which lives as long as its cluster; null where it may not be read. */
  readonly uid: string | null;
  /** The API server's URL: what is left where there is no uid. */
  readonly server: string;
}

/** One release as a plan found it. */
export interface BoundRelease {
  readonly release: string;
  readonly namespace: string;
  /** Null when it was not installed. */
  readonly revision: number | null;
  /** Null for one that is to go. */
  readonly chart: PlannedChart | null;
  /** Hash of its chart and values (see {@link PlanBinding.salt}); null for one that is to go. */
  readonly inputs: string | null;
}

/** What a plan was made for, and what it is no longer good for when it has moved on. */
export interface PlanBinding {
  readonly cluster: ClusterIdentity;
  readonly kubernetesVersion: string;
  /** The stack's newest run; null when there was none. */
  readonly run: string | null;
  /** Hex, what the inputs' hashes are salted with; null where their key is the one in the stack's record. */
  readonly salt: string | null;
  readonly releases: readonly BoundRelease[];
}

/** A plan in a file: what `up` is to do, and when it must not do it any more. No secret is in it. */
export interface SavedPlan {
  readonly kind: "flotilla-plan";
  /** Of the file. */
  readonly format: 1;
  /** The version that wrote it. */
  readonly flotilla: string;
  /** ISO 8601. */
  readonly savedAt: string;
  /** Path of the stack file, from the folder that the saved plan is in. */
  readonly stackFile: string;
  /** Whether the cluster is the sandbox's. */
  readonly sandbox: boolean;
  readonly choices: PlanChoices;
  readonly binding: PlanBinding;
  readonly plan: Plan;
}

/** What of a saved plan can have moved on. Stable: scripts may look for it. */
export type PlanDifferenceCode =
  | "format" // written by a flotilla whose saved plans this one does not read
  | "stack"
  | "environment"
  | "cluster"
  | "kubernetes" // its minor version
  | "helm" // its major version
  | "run" // the stack has had another run since
  | "revision"
  | "chart"
  | "inputs" // values, resolved anew, are others
  | "step"; // `up` would do something else now

/** One thing that has moved on since a plan was saved. */
export interface PlanDifference {
  readonly code: PlanDifferenceCode;
  /** What it is about, such as `release istiod in istio-system`. */
  readonly subject: string;
  readonly saved: string;
  readonly now: string;
}
