import type { ObjectRef } from "../model/kube-object.ts";
import type { Readiness } from "../model/readiness.ts";
import type { WaitCondition } from "../model/wait-condition.ts";
import type { ClusterView } from "./cluster-view.ts";
import { readinessOf } from "./rules.ts";
import { ready, waiting } from "./verdict.ts";
import { conditionReadiness } from "./wait-condition.ts";

/** What was found of one object that is waited for. */
export interface TargetReadiness {
  readonly ref: ObjectRef;
  readonly readiness: Readiness;
}

/** Judges every target by its live object; one that is not there is waited for, one that may not be read is passed over. */
export function evaluate(targets: readonly ObjectRef[], view: ClusterView): readonly TargetReadiness[] {
  return targets.map((ref) => ({ ref, readiness: judge(ref, view) }));
}

/**
 * Judges the conditions that the user set.
 * @param releaseNamespace where a condition looks that names no namespace
 */
export function evaluateConditions(
  conditions: readonly WaitCondition[],
  releaseNamespace: string,
  view: ClusterView,
): readonly TargetReadiness[] {
  return conditions.map((condition) => conditionReadiness(condition, releaseNamespace, view));
}

function judge(ref: ObjectRef, view: ClusterView): Readiness {
  const object = view.get(ref);
  if (object === "forbidden") return ready();
  if (object !== null) return readinessOf(object, view);
  // Helm has made it, so it has ended and was tidied up (batch/v1 `ttlSecondsAfterFinished`).
  if (ref.kind === "Job") return ready();
  return waiting(`${ref.kind} ${ref.name} to exist`);
}
