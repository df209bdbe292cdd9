import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { ruleFor } from "./rules.ts";

/**
 * The objects of a release's manifest that are waited for: those whose kind has a rule. The others are ready when they
 * exist, and helm has seen to that.
 * @param releaseNamespace where objects go that name no namespace
 */
export function readinessTargets(objects: readonly KubeObject[], releaseNamespace: string): readonly ObjectRef[] {
  return objects.flatMap(({ apiVersion, kind, metadata }) => {
    const rule = ruleFor(apiVersion, kind);
    if (!rule) return [];
    const namespace = rule.namespaced ? metadata.namespace || releaseNamespace : null;
    return [{ apiVersion, kind, namespace, name: metadata.name }];
  });
}
