import type { KubeObject, ObjectMetadata } from "../model/kube-object.ts";

/** A Helm release as its objects name it. */
export interface OwnerRelease {
  readonly name: string;
  readonly namespace: string;
}

const MANAGED_BY = "app.kubernetes.io/managed-by";
const RELEASE_NAME = "meta.helm.sh/release-name";
const RELEASE_NAMESPACE = "meta.helm.sh/release-namespace";

/** Selects what carries Helm's label. */
export const HELMS_OBJECTS = `${MANAGED_BY}=Helm`;

/** Whether Helm takes an object that is there for a release's own (helm.sh/helm pkg/action/validate.go). */
export function isOwnedBy(
  { labels = {}, annotations = {} }: ObjectMetadata,
  { name, namespace }: OwnerRelease,
): boolean {
  return (
    labels[MANAGED_BY] === "Helm" && annotations[RELEASE_NAME] === name && annotations[RELEASE_NAMESPACE] === namespace
  );
}

/** The release that an object says it belongs to, as `namespace/name`; null when it names none. */
export function ownerText({ annotations = {} }: ObjectMetadata): string | null {
  const name = annotations[RELEASE_NAME];
  return name === undefined ? null : `Helm release ${annotations[RELEASE_NAMESPACE] ?? ""}/${name}`;
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
      annotations: { ...annotations, [RELEASE_NAME]: owner.name, [RELEASE_NAMESPACE]: owner.namespace },
    },
  };
}
