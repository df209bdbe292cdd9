import type { PinnedRelease } from "../model/lock.ts";
import type { GateStep, NamespaceStep, ObjectChange, ObjectDrift, Plan, ReleaseStep } from "../model/plan.ts";
import type { Namespace, SecretName, Stack } from "../model/stack.ts";
import { pruneSteps, type RemovedRelease, removedNotes } from "./build-prune.ts";
import { type AddonWebhook, gateNotes, gatesOf, gateSteps, type IstiodWebhooks } from "./gates.ts";
import { finishPlan } from "./finish-plan.ts";

/** A release with what is to be done with it. */
export interface ClassifiedRelease {
  readonly pinned: PinnedRelease;
  readonly action: "install" | "upgrade" | "unchanged" | "repair" | "adopt" | "recover";
  readonly reason: string;
  /** The revision that is there; null when there is none. */
  readonly revision: number | null;
  /** What it does to which objects; left out where that was not looked at. */
  readonly changes?: readonly ObjectChange[];
  /** What of the revision that is there does not hold in the cluster; left out where that was not looked at. */
  readonly drift?: readonly ObjectDrift[];
  /** True: it takes over fields that others hold. */
  readonly forceConflicts?: true;
}

/** A namespace as the cluster has it. */
export interface ObservedNamespace {
  readonly name: string;
  readonly labels: { readonly [key: string]: string };
  readonly annotations: { readonly [key: string]: string };
  /** Secrets that are to be copied into it and are not there as they should be. */
  readonly stalePullSecrets: readonly StalePullSecret[];
}

/** A Secret that is to be copied into a namespace, and why. */
export interface StalePullSecret {
  readonly from: SecretName;
  readonly why: "missing" | "different" | "source-missing";
}

/** Everything a plan is made of. */
export interface PlanEvidence {
  readonly stack: Stack;
  readonly context: string;
  readonly kubernetesVersion: string;
  readonly helmVersion: string | null;
  readonly releases: readonly ClassifiedRelease[];
  /** The stack's namespaces that exist. */
  readonly namespaces: readonly ObservedNamespace[];
  /** Null when the stack has no istiod, or nothing changes that would pass through its gates. */
  readonly webhooks: IstiodWebhooks | null;
  /** Those of the stack's own add-ons. */
  readonly addonWebhooks: readonly AddonWebhook[];
  /** Add-ons of the stack that others have installed, in words; their releases are not among `releases`. */
  readonly present: readonly string[];
  /** Releases that left the stack file. */
  readonly removed: readonly RemovedRelease[];
  /** Whether those are uninstalled. */
  readonly prune: boolean;
  /** What else is worth knowing. */
  readonly notes?: readonly string[];
}

/** Makes the plan of an `up`: the second of the planner's two strokes. Pure. */
export function buildPlan(evidence: PlanEvidence): Plan {
  const gates = gateSteps(evidence);
  const namespaces = evidence.stack.namespaces.map((wanted) => namespaceStep(wanted, evidence.namespaces));
  const releases = evidence.releases.map((release) => releaseStep(release, gates));
  const prune = evidence.prune
    ? pruneSteps(
        evidence.removed,
        releases.map(({ id }) => id),
      )
    : [];
  const { stack, context, kubernetesVersion, helmVersion } = evidence;
  const frame = { stack: stack.name, environment: stack.environment.name, context, kubernetesVersion, helmVersion };
  return finishPlan(frame, [...namespaces, ...releases, ...gates, ...prune], notesOf(evidence));
}

function namespaceStep(wanted: Namespace, observed: readonly ObservedNamespace[]): NamespaceStep {
  const { name, labels, annotations, pullSecretsFrom } = wanted;
  const found = observed.find((namespace) => namespace.name === name);
  const reasons = found ? differences(wanted, found) : [];
  return {
    kind: "namespace",
    id: `namespace/${name}`,
    needs: [],
    action: !found ? "install" : reasons.length > 0 ? "upgrade" : "unchanged",
    reason: !found ? "it does not exist" : reasons.length > 0 ? reasons.join("; ") : "it is there",
    namespace: name,
    labels,
    annotations,
    pullSecretsFrom,
  };
}

const STALE: Readonly<Record<StalePullSecret["why"], string>> = {
  missing: "is to be copied into it",
  different: "differs from its copy in it",
  "source-missing": "is to be copied into it, but does not exist",
};

function differences(wanted: Namespace, found: ObservedNamespace): readonly string[] {
  const differs = lacks(found.labels, wanted.labels) || lacks(found.annotations, wanted.annotations);
  return [
    ...(differs ? ["its labels or annotations differ"] : []),
    ...found.stalePullSecrets.map(({ from, why }) => `the Secret ${from.namespace}/${from.name} ${STALE[why]}`),
  ];
}

function lacks(have: Namespace["labels"], wanted: Namespace["labels"]): boolean {
  return Object.entries(wanted).some(([key, value]) => have[key] !== value);
}

function releaseStep(classified: ClassifiedRelease, gates: readonly GateStep[]): ReleaseStep {
  const { release, chart } = classified.pinned;
  return {
    kind: "release",
    id: `release/${release.name}`,
    needs: [
      `namespace/${release.namespace}`,
      ...release.needs.map((need) => `release/${need}`),
      ...gatesOf(release, gates),
    ],
    action: classified.action,
    reason: classified.reason,
    release: release.name,
    namespace: release.namespace,
    chart: { name: chart.name, version: chart.version, digest: chart.digest },
    revision: classified.revision,
    changes: classified.changes ?? [],
    drift: classified.drift ?? [],
    ...(classified.forceConflicts && { forceConflicts: true }),
  };
}

function notesOf(evidence: PlanEvidence): readonly string[] {
  const notes = [...evidence.present, ...gateNotes(evidence), ...(evidence.notes ?? [])];
  return evidence.prune ? notes : [...notes, ...removedNotes(evidence.removed)];
}
