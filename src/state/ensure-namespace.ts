import { isMissing } from "../kube/api-error.ts";
import { createIfAbsent } from "../kube/create-if-absent.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import type { KubeObject } from "../model/kube-object.ts";

/** Labels of everything that flotilla keeps in the cluster for itself. */
export const STATE_LABELS = { "app.kubernetes.io/managed-by": "flotilla" } as const;

/**
 * Creates an object of flotilla's own state and, only when it is not there, the namespace around it: whoever works in a
 * namespace that exists needs no rights on namespaces. Throws what {@link KubeClient.create} throws.
 */
export async function createInStateNamespace(
  client: KubeClient,
  object: KubeObject,
  signal: AbortSignal,
): Promise<KubeObject> {
  try {
    return await client.create(object, signal);
  } catch (error) {
    // A create answers "not found" only when the namespace is missing.
    if (!isMissing(error)) throw error;
  }
  const name = object.metadata.namespace ?? "";
  const namespace: KubeObject = { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: STATE_LABELS } };
  await createIfAbsent(client, namespace, signal);
  return client.create(object, signal);
}
