import type { KubeClient } from "../kube/kube-client.ts";
import { FlotillaError } from "../model/errors.ts";
import type { PinnedRelease } from "../model/lock.ts";
import type { BoundRelease, PlanBinding } from "../model/saved-plan.ts";
import type { Stack } from "../model/stack.ts";
import { inputsHash, slowInputsHash } from "../plan/inputs-hash.ts";
import { newestRun } from "../state/journal-store.ts";
import { RecordStore } from "../state/record-store.ts";
import type { Cluster } from "./connect-cluster.ts";
import { findRelease, observeNamespaces } from "./observe-stack.ts";

/** What a plan is bound to, beside the plan itself. */
export interface BindingInput {
  readonly stack: Stack;
  readonly pinned: readonly PinnedRelease[];
  readonly cluster: Cluster;
}

/** The releases of a plan: those that are to go are not pinned. */
export interface PlannedRelease {
  readonly release: string;
  readonly namespace: string;
  readonly isToGo: boolean;
}

/**
 * Looks at all that a plan for these releases is bound to, as it is now.
 * @param saltFor given whether the stack's record is stored; says what the inputs' hashes are salted with, null for the key
 * in that record
 */
export async function observeBinding(
  releases: readonly PlannedRelease[],
  { stack, pinned, cluster }: BindingInput,
  saltFor: (isRecorded: boolean) => string | null,
  signal: AbortSignal,
): Promise<PlanBinding> {
  const { client, kubernetesVersion } = cluster;
  const place = { namespace: stack.stateNamespace, stack: stack.name };
  const [uid, store, run, observed] = await Promise.all([
    clusterUid(client, signal),
    RecordStore.open(client, stack.stateNamespace, stack.name, signal),
    newestRun(client, place, signal),
    observeNamespaces(
      client,
      releases.map(({ namespace }) => namespace),
      signal,
    ),
  ]);
  const salt = saltFor(store.isStored);
  const hashOf = (each: PinnedRelease): Promise<string> | string =>
    salt === null ? inputsHash(store.record.hashKey, each) : slowInputsHash(salt, each);
  const bound = releases.map(async ({ release, namespace, isToGo }): Promise<BoundRelease> => {
    const found = isToGo ? undefined : pinned.find((each) => each.release.name === release);
    const revision = findRelease(observed, { name: release, namespace })?.revision ?? null;
    if (!found) return { release, namespace, revision, chart: null, inputs: null };
    const { name, version, digest } = found.chart;
    // A key that nobody has kept says nothing.
    const inputs = salt === null && !store.isStored ? null : await hashOf(found);
    return { release, namespace, revision, chart: { name, version, digest }, inputs };
  });
  return {
    cluster: { uid, server: client.server },
    kubernetesVersion,
    run,
    salt,
    releases: await Promise.all(bound),
  };
}

/** Null where we may not look. */
async function clusterUid(client: KubeClient, signal: AbortSignal): Promise<string | null> {
  try {
    const ref = { apiVersion: "v1", kind: "Namespace", namespace: null, name: "kube-system" };
    return (await client.get(ref, signal))?.metadata.uid ?? null;
  } catch (error) {
    if (error instanceof FlotillaError && error.code === "forbidden") return null;
    throw error;
  }
}
