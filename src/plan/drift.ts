import { comparable, isBuiltIn } from "../manifest/comparable.ts";
import { fieldAt, withFieldAt } from "../manifest/field-path.ts";
import { type Hiding, withHiddenPair, withHiddenValues } from "../manifest/hidden-values.ts";
import { type LackingField, lackingFields } from "../manifest/lacking-fields.ts";
import { sameScalar } from "../manifest/same-value.ts";
import { yamlDiff } from "../manifest/yaml-diff.ts";
import type { JsonValue } from "../model/json.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import type { ObjectChange, ObjectDrift } from "../model/plan.ts";
import { addition, changeBetween } from "./changes.ts";
import { type DriftContext, isRespected } from "./respected-fields.ts";

/** An object of a manifest beside what the cluster has of it. */
export interface ObservedObject extends DriftContext {
  readonly ref: ObjectRef;
  /** Null when it is gone. */
  readonly live: KubeObject | null;
}

/** An object that is not as the manifest says, as far as that can be told without asking the API server. */
export interface SuspectedDrift {
  readonly observed: ObservedObject;
  /** Empty for an object that is gone. */
  readonly fields: readonly LackingField[];
}

/** Objects that are gone, and fields of the manifest that are absent or different, unless somebody else has the say. Pure. */
export function suspectDrift(objects: readonly ObservedObject[]): readonly SuspectedDrift[] {
  return objects.flatMap((observed) => {
    const { object, live } = observed;
    if (live === null) return [{ observed, fields: [] }];
    const lacking = lackingFields(comparable(object), comparable(live), !isBuiltIn(object.apiVersion));
    const fields = lacking.filter((field) => !isRespected(field, observed));
    return fields.length === 0 ? [] : [{ observed, fields }];
  });
}

/**
 * The same suspicion, less what the API server would not change if the manifest were applied again: what it writes in
 * another form, drops, or has others change on the way in. Null when nothing is left. Pure.
 * @param applied the object as it would be afterwards
 */
export function confirmDrift(suspected: SuspectedDrift, applied: KubeObject): SuspectedDrift | null {
  const after = comparable(applied);
  const before = comparable(suspected.observed.live ?? applied);
  const fields = suspected.fields.filter(({ path }) => !isEqual(fieldAt(before, path), fieldAt(after, path)));
  return fields.length === 0 ? null : { ...suspected, fields };
}

/** The drift as a plan shows it, from what is there to what the manifest says; no secret in it. Pure. */
export function showDrift({ observed, fields }: SuspectedDrift, hiding: Hiding): ObjectDrift {
  const { ref, object, live } = observed;
  const wanted = comparable(object);
  if (live === null) return { ...ref, drift: "missing", diff: yamlDiff(null, withHiddenValues(wanted, hiding)) };
  const [before, after] = withHiddenPair(asFound(wanted, fields), wanted, hiding);
  return { ...ref, drift: "changed", diff: yamlDiff(before, after) };
}

/** The same for a manifest that is still to be applied: what it will do to an object that is there, or makes. Pure. */
export function changeOfLive({ observed, fields }: SuspectedDrift, hiding: Hiding): ObjectChange {
  const { ref, object, live } = observed;
  return live === null
    ? addition(object, ref, hiding)
    : changeBetween(asFound(comparable(object), fields), comparable(object), ref, hiding);
}

/** What the cluster has of the fields that a manifest names. */
function asFound(wanted: KubeObject, fields: readonly LackingField[]): KubeObject {
  return fields.reduce<JsonValue>((value, { path, live }) => withFieldAt(value, path, live), wanted) as KubeObject;
}

function isEqual(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  return sameScalar(one, other, []) || JSON.stringify(one) === JSON.stringify(other);
}
