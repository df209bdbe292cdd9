import type { KubeObject } from "../model/kube-object.ts";
import type { Readiness } from "../model/readiness.ts";
import { conditionOf, currentCondition, numberIn, wordsOf } from "./fields.ts";
import { failed, ready, waiting } from "./verdict.ts";

/**
 * Any kind without a rule of its own: ready when its newest spec is observed and no condition speaks against it. What has
 * no status is taken as it is. Source: cli-utils kstatus `checkGenericProperties` and `checkReadyCondition`: `Stalled`
 * means that it failed, `Reconciling` and a `Ready` that is not true that it is under way.
 */
export function otherKindReadiness(object: KubeObject): Readiness {
  const awaiting = `${object.kind} ${object.metadata.name}`;
  const observed = numberIn(object.status, "observedGeneration");
  if (observed !== null && observed < (object.metadata.generation ?? 0)) {
    return waiting(awaiting, "the newest spec is not observed yet");
  }
  const stalled = currentCondition(object, "Stalled");
  if (stalled?.status === "True") return failed(awaiting, wordsOf(stalled) ?? "it is stalled");
  const reconciling = currentCondition(object, "Reconciling");
  if (reconciling?.status === "True") return waiting(awaiting, wordsOf(reconciling));
  if (conditionOf(object, "Ready") === null) return ready();
  const condition = currentCondition(object, "Ready");
  return condition?.status === "True" ? ready() : waiting(awaiting, wordsOf(condition));
}
