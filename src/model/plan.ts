import type { ObjectRef } from "./kube-object.ts";
import type { SecretName } from "./stack.ts";

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
  /** `sha256:…`; null for charts that only Helm's history has. */
  readonly digest: string | null;
}

/** What a step does to one object of its release. */
export interface ObjectChange extends ObjectRef {
  readonly change: "add" | "change" | "remove";
  /** True for what loses data, replaces the object, or takes away what others use: it needs `--allow-destructive`. */
  readonly destructive: boolean;
  /** True when the API server takes no such change: the object goes, and is made anew. */
  readonly replaced: boolean;
  /** What is lost, for people; null where nothing is. */
  readonly loses: string | null;
  /** Lines of YAML, each behind `+`, `-` or a space; no secret in it. */
  readonly diff: string;
}

/** An object that is not as its release's manifest says. */
export interface ObjectDrift extends ObjectRef {
  readonly drift: "missing" | "changed";
  /** From what is there (`-`) to what the manifest says (`+`), like {@link ObjectChange.diff}. */
  readonly diff: string;
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
  /** By its manifests: the one that is there, and the one that is to come. */
  readonly changes: readonly ObjectChange[];
  /** What of the manifest that is there does not hold in the cluster. */
  readonly drift: readonly ObjectDrift[];
  /** True: fields that others hold are taken over. Left out where nothing is asked for that, or helm does not ask. */
  readonly forceConflicts?: true;
  /** For `rollback`: the revision to go back to, and whether its pods must be made anew to get their proxy anew. */
  readonly rollback?: { readonly revision: number; readonly restart: boolean };
}

/** API groups whose webhooks are waited for. */
export type ValidatedApi = "networking.istio.io" | "cert-manager.io" | "metallb.io";

/** A condition between steps. */
export interface GateStep extends StepBase {
  readonly kind: "gate";
  /** `injection`: new pods get their proxy. `validation`: objects of the webhook's kinds are checked, and not refused unseen. */
  readonly gate: "injection" | "validation";
  /** The release that brings the webhook: istiod, cert-manager, MetalLB. */
  readonly release: string;
  /** Where that release is. */
  readonly namespace: string;
  /** Name of the webhook configuration that must answer. */
  readonly webhook: string;
  /** API group of what is let through. */
  readonly api: ValidatedApi;
  /** Istio's revision that the webhook is of; `default` where it has no name. Null for webhooks that are not Istio's. */
  readonly istioRevision: string | null;
  /** The release that passes an injection gate: its own pods are tried. Null for gates that are the same for all. */
  readonly passes: string | null;
}

/** Creates or labels a namespace and copies Secrets into it; deletes it in a `down`. */
export interface NamespaceStep extends StepBase {
  readonly kind: "namespace";
  readonly namespace: string;
  /** What must stand on it; other labels and annotations are left alone. */
  readonly labels: { readonly [key: string]: string };
  readonly annotations: { readonly [key: string]: string };
  /** Secrets of other namespaces that are to be copied into it. */
  readonly pullSecretsFrom: readonly SecretName[];
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
