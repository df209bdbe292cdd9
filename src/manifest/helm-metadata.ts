import { helmOwner, ownerAnnotations, type OwnerRelease, saysItIsOf } from "../model/helm-owner.ts";
import type { KubeObject, ObjectMetadata } from "../model/kube-object.ts";

const MANAGED_BY = "app.kubernetes.io/managed-by";

/** Selects what carries Helm's label. */
export const HELMS_OBJECTS = `${MANAGED_BY}=Helm`;

/** Whether Helm takes an object that is there for a release's own (helm.sh/helm pkg/action/validate.go). */
export function isOwnedBy(metadata: ObjectMetadata, release: OwnerRelease): boolean {
  return metadata.labels?.[MANAGED_BY] === "Helm" && saysItIsOf(metadata, release);
}

/** The release that an object says it belongs to, as `Helm release NAMESPACE/NAME`; null when it names none. */
export function ownerText(metadata: ObjectMetadata): string | null {
  const owner = helmOwner(metadata);
  return owner === null ? null : `Helm release ${owner.namespace}/${owner.name}`;
}

/** An object of a manifest as Helm applies it: in its namespace, with Helm's marks. */
export function asApplied(object: KubeObject, owner: OwnerRelease, namespace: string | null): KubeObject {
  const { labels, annotations } = object.metadata;
  const { namespace: _own, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: {
      ...metadata,
      name: metadata.name,
      ...(namespace !== null && { namespace }),
      labels: { ...labels, [MANAGED_BY]: "Helm" },
      annotations: { ...annotations, ...ownerAnnotations(owner) },
    },
  };
}
