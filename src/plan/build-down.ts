import type { ObjectRef } from "../model/kube-object.ts";
import type { NamespaceStep, Plan, PruneStep, ReleaseStep } from "../model/plan.ts";
import { finishPlan, type PlanFrame } from "./finish-plan.ts";

/** A release that is there and belongs to the stack. */
export interface InstalledRelease {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  /** Names of releases that it was installed behind. */
  readonly needs: readonly string[];
}

/** Everything a `down` is made of. */
export interface DownEvidence extends PlanFrame {
  readonly releases: readonly InstalledRelease[];
  /** Objects that the uninstalls leave behind and that are to go too: copied Secrets; CRDs, kept volumes when asked for. */
  readonly leftovers: readonly ObjectRef[];
  /** Namespaces to delete: made by flotilla, and asked for. */
  readonly namespaces: readonly string[];
}

/** Makes the plan of a `down`: the edges of the install reversed, then leftovers, then namespaces. Pure. */
export function buildDownPlan(evidence: DownEvidence): Plan {
  const releases = evidence.releases.map((release) => uninstallStep(release, evidence.releases));
  const prune = pruneStep(evidence.leftovers, releases);
  const before = [...releases, ...prune].map((step) => step.id);
  const namespaces = evidence.namespaces.map((name) => deleteNamespaceStep(name, before));
  return finishPlan(evidence, [...releases, ...prune, ...namespaces], []);
}

function uninstallStep(release: InstalledRelease, all: readonly InstalledRelease[]): ReleaseStep {
  const dependents = all.filter((other) => other.needs.includes(release.name));
  return {
    kind: "release",
    id: idOf(release, all),
    needs: dependents.map((other) => idOf(other, all)),
    action: "uninstall",
    reason: dependents.length === 0 ? "nothing needs it" : "what needs it goes first",
    release: release.name,
    namespace: release.namespace,
    chart: null,
    revision: release.revision,
    changes: [],
    drift: [],
  };
}

/** One that moved to another namespace and has left its old one behind is there twice. */
function idOf({ name, namespace }: InstalledRelease, all: readonly InstalledRelease[]): string {
  const isTwice = all.filter((each) => each.name === name).length > 1;
  return isTwice ? `release/${namespace}/${name}` : `release/${name}`;
}

function pruneStep(leftovers: readonly ObjectRef[], releases: readonly ReleaseStep[]): readonly PruneStep[] {
  if (leftovers.length === 0) return [];
  return [
    {
      kind: "prune",
      id: "prune/leftovers",
      needs: releases.map((step) => step.id),
      action: "uninstall",
      reason: "no uninstall takes them along",
      objects: leftovers,
    },
  ];
}

function deleteNamespaceStep(name: string, needs: readonly string[]): NamespaceStep {
  return {
    kind: "namespace",
    id: `namespace/${name}`,
    needs,
    action: "uninstall",
    reason: "flotilla made it, and it was asked to go",
    namespace: name,
    labels: {},
    annotations: {},
    pullSecretsFrom: [],
  };
}
