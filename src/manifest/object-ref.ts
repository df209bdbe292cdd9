import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { apiGroup, clusterScopeWith, isClusterScoped } from "./cluster-scope.ts";

/**
 * Names an object of a manifest.
 * @param defaultNamespace the release's: where Helm puts what names no namespace of its own
 * @param clusterScoped tells kinds that live outside namespaces, whatever their metadata says
 */
export function objectRef(
  object: KubeObject,
  defaultNamespace: string,
  clusterScoped: (apiVersion: string, kind: string) => boolean = isClusterScoped,
): ObjectRef {
  const { apiVersion, kind, metadata } = object;
  const namespace = clusterScoped(apiVersion, kind) ? null : metadata.namespace || defaultNamespace;
  return { apiVersion, kind, namespace, name: metadata.name };
}

/** {@link objectRef} for each of several objects; kinds that CRDs among them define are known as well. */
export function objectRefs(objects: readonly KubeObject[], defaultNamespace: string): ObjectRef[] {
  const clusterScoped = clusterScopeWith(objects);
  return objects.map((object) => objectRef(object, defaultNamespace, clusterScoped));
}

/**
 * A key under which an object is the same one across API versions: an upgrade from `v1beta1` to `v1` is no new object.
 */
export function objectKey({ apiVersion, kind, namespace, name }: ObjectRef): string {
  return `${apiGroup(apiVersion)}/${kind}/${namespace ?? ""}/${name}`;
}
