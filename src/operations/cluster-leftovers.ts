import type { KubeClient } from "../kube/kube-client.ts";
import { HELMS_OBJECTS } from "../manifest/helm-metadata.ts";
import { FlotillaError } from "../model/errors.ts";
import { helmOwner } from "../model/helm-owner.ts";

/** What charts bring that lives outside namespaces, and so can outlive them. */
const CLUSTER_WIDE = [
  { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" },
  { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole" },
  { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding" },
  { apiVersion: "admissionregistration.k8s.io/v1", kind: "MutatingWebhookConfiguration" },
  { apiVersion: "admissionregistration.k8s.io/v1", kind: "ValidatingWebhookConfiguration" },
] as const;

/**
 * Releases, as `namespace/name`, of which something stands outside namespaces: CRDs, for example, that charts keep on
 * purpose. Only metadata of what carries Helm's label is read.
 */
export async function findLeftovers(client: KubeClient, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const lists = await Promise.all(
    CLUSTER_WIDE.map(async (kind) => {
      try {
        const options = { labelSelector: HELMS_OBJECTS, metadataOnly: true };
        return (await client.list(kind, null, options, signal)).items;
      } catch (error) {
        // Who may not look cannot have brought any either.
        if (error instanceof FlotillaError && error.code === "forbidden") return [];
        throw error;
      }
    }),
  );
  const owners = lists.flat().flatMap(({ metadata }) => helmOwner(metadata) ?? []);
  return new Set(owners.map(({ name, namespace }) => `${namespace}/${name}`));
}
