import { asObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { fitsSelector } from "../model/label-selector.ts";

/** A Deployment's rollout may take so much away at once unless it says otherwise (apps/v1 DeploymentStrategy). */
const DEFAULT_UNAVAILABLE = "25%";

/** How many pods of a Deployment its rollout takes away before new ones are ready: a share is rounded down. */
export function unavailableInRollout({ spec }: KubeObject): number {
  const replicas = typeof spec?.["replicas"] === "number" ? spec["replicas"] : 1;
  const strategy = asObject(spec?.["strategy"]);
  if (strategy["type"] === "Recreate") return replicas;
  const said = asObject(strategy["rollingUpdate"])["maxUnavailable"] ?? DEFAULT_UNAVAILABLE;
  return typeof said === "number" ? said : Math.floor((replicas * Number.parseFloat(String(said))) / 100);
}

/** The PodDisruptionBudgets that allow fewer disruptions now than a rollout of a Deployment would make. */
export function budgetsAgainst(deployment: KubeObject, budgets: readonly KubeObject[]): readonly KubeObject[] {
  const wanted = unavailableInRollout(deployment);
  if (wanted === 0) return [];
  const labels = asObject(asObject(asObject(deployment.spec?.["template"])["metadata"])["labels"]);
  return budgets.filter(({ metadata, spec, status }) => {
    const allowed = status?.["disruptionsAllowed"];
    return (
      metadata.namespace === deployment.metadata.namespace &&
      // Labels are text.
      fitsSelector(labels as Record<string, string>, asObject(spec?.["selector"])) &&
      (typeof allowed === "number" ? allowed : 0) < wanted
    );
  });
}
