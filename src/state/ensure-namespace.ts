import { isMissing } from "../kube/api-error.ts";
import { createIfAbsent } from "../kube/create-if-absent.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { FlotillaError } from "../model/errors.ts";
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
  await createNamespace(client, object.metadata.namespace ?? "", signal);
  return client.create(object, signal);
}

/**
 * Makes the namespace of flotilla's state where it is known not to be there. For the first of a run's creates: one in a
 * namespace that is missing is held for 50 ms before it is refused (k8s.io/apiserver, admission plugin NamespaceLifecycle).
 */
export async function ensureStateNamespace(client: KubeClient, name: string, signal: AbortSignal): Promise<void> {
  try {
    if ((await client.get({ apiVersion: "v1", kind: "Namespace", namespace: null, name }, signal)) !== null) return;
  } catch (error) {
    // Who may not look at namespaces works in one that is there.
    if (error instanceof FlotillaError && error.code === "forbidden") return;
    throw error;
  }
  await createNamespace(client, name, signal);
}

async function createNamespace(client: KubeClient, name: string, signal: AbortSignal): Promise<void> {
  const namespace: KubeObject = { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: STATE_LABELS } };
  await createIfAbsent(client, namespace, signal);
}
