import { createIfAbsent } from "../kube/create-if-absent.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import type { KubeObject } from "../model/kube-object.ts";

/** Labels of everything that flotilla keeps in the cluster for itself. */
export const STATE_LABELS = { "app.kubernetes.io/managed-by": "flotilla" } as const;

/** Makes the namespace of flotilla's own state, unless it is there. */
export async function ensureStateNamespace(client: KubeClient, name: string, signal: AbortSignal): Promise<void> {
  const namespace: KubeObject = { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: STATE_LABELS } };
  if ((await client.get({ apiVersion: "v1", kind: "Namespace", namespace: null, name }, signal)) !== null) return;
  await createIfAbsent(client, namespace, signal);
}
