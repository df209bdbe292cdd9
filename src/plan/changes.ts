import { comparable } from "../manifest/comparable.ts";
import { type Hiding, withHiddenPair, withHiddenValues } from "../manifest/hidden-values.ts";
import { means } from "../manifest/means.ts";
import { objectKey, objectRef } from "../manifest/object-ref.ts";
import { keepsOnUninstall } from "../manifest/resource-policy.ts";
import { withoutDefaults } from "../manifest/without-defaults.ts";
import { yamlDiff } from "../manifest/yaml-diff.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import type { ObjectChange } from "../model/plan.ts";
import { lossOfChange, lossOfRemoval } from "./losses.ts";

/** Two manifests of one release, as far as they differ. */
export interface ManifestPair {
  /** The release's own: where Helm puts what names none. */
  readonly namespace: string;
  readonly before: readonly KubeObject[];
  readonly after: readonly KubeObject[];
  /** Tells kinds that live outside namespaces. */
  readonly isClusterScoped: (apiVersion: string, kind: string) => boolean;
}

/** What a release's step does to which objects, and what it leaves behind. */
export interface ManifestChanges {
  readonly changes: readonly ObjectChange[];
  /** Objects that leave the release and stay in the cluster (`helm.sh/resource-policy: keep`). */
  readonly kept: readonly ObjectRef[];
}

/** Compares two manifests object by object: added, changed and removed ones, with what is lost. Pure. */
export function manifestChanges(
  { namespace, before, after, isClusterScoped }: ManifestPair,
  hiding: Hiding,
): ManifestChanges {
  const refOf = (object: KubeObject): ObjectRef => objectRef(object, namespace, isClusterScoped);
  const known = new Map(before.map((object) => [objectKey(refOf(object)), object]));
  const changes: ObjectChange[] = [];
  for (const object of after) {
    const ref = refOf(object);
    const was = known.get(objectKey(ref));
    known.delete(objectKey(ref));
    const change = was === undefined ? addition(object, ref, hiding) : changeOf(was, object, ref, hiding);
    if (change !== null) changes.push(change);
  }
  const gone = [...known.values()];
  const kept = gone.filter(keepsOnUninstall).map(refOf);
  const removals = gone.filter((object) => !keepsOnUninstall(object)).map((each) => removal(each, refOf(each), hiding));
  return { changes: [...changes, ...removals], kept };
}

/** An object that is to be made. */
export function addition(object: KubeObject, ref: ObjectRef, hiding: Hiding): ObjectChange {
  const diff = yamlDiff(null, withHiddenValues(comparable(object), hiding));
  return { ...ref, change: "add", destructive: false, replaced: false, loses: null, diff };
}

/** An object that is to go. */
export function removal(object: KubeObject, ref: ObjectRef, hiding: Hiding): ObjectChange {
  const loss = lossOfRemoval(object);
  const diff = yamlDiff(withHiddenValues(comparable(object), hiding), null);
  return { ...ref, change: "remove", destructive: loss !== null, replaced: false, loses: loss?.loses ?? null, diff };
}

/** Null when both mean the same: other order, other spelling, a default that is said or not. */
function changeOf(before: KubeObject, after: KubeObject, ref: ObjectRef, hiding: Hiding): ObjectChange | null {
  const [was, is] = [before, after].map((object) => withoutDefaults(placed(comparable(object)))) as [
    KubeObject,
    KubeObject,
  ];
  return means(was, is, []) ? null : changeBetween(was, is, ref, hiding);
}

/** An object that becomes another one. */
export function changeBetween(before: KubeObject, after: KubeObject, ref: ObjectRef, hiding: Hiding): ObjectChange {
  const loss = lossOfChange(before, after);
  const [one, other] = withHiddenPair(before, after, hiding);
  return {
    ...ref,
    change: "change",
    destructive: loss !== null,
    replaced: loss?.replaced ?? false,
    loses: loss?.loses ?? null,
    diff: yamlDiff(one, other),
  };
}

/** Whether it says where it is or Helm knows, makes no difference. */
function placed(object: KubeObject): KubeObject {
  const { namespace: _namespace, ...metadata } = object.metadata;
  return { ...object, metadata: metadata as KubeObject["metadata"] };
}
