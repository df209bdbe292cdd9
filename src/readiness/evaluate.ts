import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import type { Readiness } from "../model/readiness.ts";
import { readinessOf } from "./rules.ts";
import { waiting } from "./verdict.ts";

/** What was found of one object that is waited for. */
export interface TargetReadiness {
  readonly ref: ObjectRef;
  readonly readiness: Readiness;
}

/** Judges every target by its live object; one that is not there is waited for. */
export function evaluate(
  targets: readonly ObjectRef[],
  lookup: (ref: ObjectRef) => KubeObject | null,
): readonly TargetReadiness[] {
  return targets.map((ref) => {
    const object = lookup(ref);
    return { ref, readiness: object === null ? waiting(`${ref.kind} ${ref.name} to exist`) : readinessOf(object) };
  });
}
