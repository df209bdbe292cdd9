import type { ObjectMetadata } from "./kube-object.ts";

/** A Helm release as its objects name it. */
export interface OwnerRelease {
  readonly name: string;
  readonly namespace: string;
}

const RELEASE_NAME = "meta.helm.sh/release-name";
const RELEASE_NAMESPACE = "meta.helm.sh/release-namespace";

/**
 * The Helm release that an object says it belongs to: Helm writes it on everything that it makes (helm.sh/helm
 * pkg/action/validate.go). Null when it says nothing.
 */
export function helmOwner({ annotations = {} }: ObjectMetadata): OwnerRelease | null {
  const name = annotations[RELEASE_NAME];
  return name === undefined ? null : { name, namespace: annotations[RELEASE_NAMESPACE] ?? "" };
}

/** The annotations by which an object says so. */
export function ownerAnnotations({ name, namespace }: OwnerRelease): Readonly<Record<string, string>> {
  return { [RELEASE_NAME]: name, [RELEASE_NAMESPACE]: namespace };
}

/** Whether an object says that it belongs to a certain release. */
export function saysItIsOf(metadata: ObjectMetadata, { name, namespace }: OwnerRelease): boolean {
  const owner = helmOwner(metadata);
  return owner?.name === name && owner.namespace === namespace;
}
