import type { ObjectRef } from "./kube-object.ts";

/** What a step does with a release. */
export type StepAction =
  | "install"
  | "upgrade"
  | "unchanged"
  | "repair"
  | "adopt"
  | "recover"
  | "rollback"
  | "uninstall";

/** What the steps of a plan have in common. */
export interface StepBase {
  /** `namespace/NAME`, `release/NAME`, `gate/NAME`. Unique in a plan. */
  readonly id: string;
  /** Ids of the steps that must be done first. */
  readonly needs: readonly string[];
  readonly action: StepAction;
  /** Why this action, for people. */
  readonly reason: string;
}

/** A chart as a plan names it. */
export interface PlannedChart {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
}

/** Brings one Helm release where it should be. */
export interface ReleaseStep extends StepBase {
  readonly kind: "release";
  readonly release: string;
  readonly namespace: string;
  /** Null for uninstalls. */
  readonly chart: PlannedChart | null;
  /** The revision that the plan was made for; null when there was none. */
  readonly revision: number | null;
}

/** A condition between steps. */
export interface GateStep extends StepBase {
  readonly kind: "gate";
  /** Which gate of `gates/` it is. */
  readonly gate: "injection";
  /** The release whose objects the gate looks at. */
  readonly release: string;
  readonly namespace: string;
  /** Name of the MutatingWebhookConfiguration whose service must answer. */
  readonly webhook: string;
}

/** Creates or labels a namespace; deletes it in a `down`. */
export interface NamespaceStep extends StepBase {
  readonly kind: "namespace";
  readonly namespace: string;
  /** What must stand on it; other labels and annotations are left alone. */
  readonly labels: { readonly [key: string]: string };
  readonly annotations: { readonly [key: string]: string };
}

/** Deletes objects that an uninstall leaves behind: CRDs, kept volumes. */
export interface PruneStep extends StepBase {
  readonly kind: "prune";
  readonly objects: readonly ObjectRef[];
}

/** One thing to do. */
export type Step = ReleaseStep | GateStep | NamespaceStep | PruneStep;

/** How many releases a plan touches, by what happens to them. */
export interface PlanSummary {
  readonly install: number;
  readonly upgrade: number;
  readonly unchanged: number;
  readonly uninstall: number;
  readonly drifted: number;
}

/** Steps and edges, as data: what a run would do, in an order that respects every need. */
export interface Plan {
  readonly version: 1;
  readonly stack: string;
  readonly environment: string;
  readonly context: string;
  readonly kubernetesVersion: string;
  /** Null while nothing of the plan needs helm. */
  readonly helmVersion: string | null;
  readonly steps: readonly Step[];
  readonly summary: PlanSummary;
  /** Things worth knowing that are no step, such as a gate that is not needed and why. */
  readonly notes: readonly string[];
}
