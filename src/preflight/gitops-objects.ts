import { gitopsOwner } from "../catalog/gitops-marks.ts";
import { helmOwner } from "../model/helm-owner.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { Release } from "../model/stack.ts";
import type { MarkedObject } from "./facts.ts";

/** Says of an object which release it is part of, as nearly all charts write it (Helm, "Labels and Annotations"). */
const INSTANCE = "app.kubernetes.io/instance";

/** The objects that are part of some releases and that Flux or Argo CD reconcile. Their metadata is enough. */
export function gitopsObjects(
  releases: readonly Pick<Release, "name" | "namespace">[],
  objects: readonly KubeObject[],
): readonly (MarkedObject & { readonly release: string })[] {
  return objects.flatMap(({ apiVersion, kind, metadata }) => {
    const owner = gitopsOwner(metadata);
    if (owner === null) return [];
    const { name, namespace = "", labels } = metadata;
    const release = releases.find(
      (each) =>
        each.namespace === namespace && [helmOwner(metadata)?.name, labels?.[INSTANCE], name].includes(each.name),
    );
    if (!release) return [];
    return [{ object: { apiVersion, kind, namespace, name }, owner, release: release.name }];
  });
}
