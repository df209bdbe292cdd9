import type { KubeObject } from "../model/kube-object.ts";
import type { ListOptions } from "./kube-client.ts";
import type { KindName } from "./resource-kind.ts";

/** Helm's own records lie in Secrets as well: up to a megabyte each, ten a release. */
const NOT_HELMS = "type!=helm.sh/release.v1";

/** How objects of a kind are listed and what of them is kept, to hold memory low. */
export function projectionFor(kind: KindName): ListOptions {
  if (kind.kind === "CustomResourceDefinition") return { project: withoutSchemas, pageSize: 25 };
  if (kind.kind === "Secret") return { project: withoutManagedFields, fieldSelector: NOT_HELMS };
  return { project: kind.kind === "Node" ? withoutImages : withoutManagedFields };
}

/** A Node without the list of images that it has: several kilobytes each, and thousands of nodes. */
function withoutImages(node: KubeObject): KubeObject {
  const { images: _dropped, ...status } = node.status ?? {};
  return { ...withoutManagedFields(node), status };
}

/** The object without the record of who owns which field: often half of its size. */
export function withoutManagedFields(object: KubeObject): KubeObject {
  const { managedFields: _dropped, ...metadata } = object.metadata;
  // Leaving a key out of metadata takes none of the typed ones away; the compiler loses them to the index signature.
  return { ...object, metadata: metadata as KubeObject["metadata"] };
}

/** A CustomResourceDefinition without its schemas: up to a megabyte each, and readiness needs its status only. */
function withoutSchemas(object: KubeObject): KubeObject {
  const { apiVersion, kind, metadata, status } = withoutManagedFields(object);
  const names = object.spec?.["names"];
  const spec = { group: object.spec?.["group"], ...(names === undefined ? {} : { names }) };
  return { apiVersion, kind, metadata, spec, ...(status === undefined ? {} : { status }) };
}
