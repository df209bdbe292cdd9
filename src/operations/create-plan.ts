import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { PinnedRelease } from "../model/lock.ts";
import type { ObservedRelease, RecordedRelease, StackRecord } from "../model/observed.ts";
import type { Plan } from "../model/plan.ts";
import type { Stack } from "../model/stack.ts";
import { buildPlan, type ClassifiedRelease, type ObservedNamespace } from "../plan/build.ts";
import { classify } from "../plan/classify.ts";
import { inputsHash } from "../plan/inputs-hash.ts";
import { isAlive } from "../runtime/process-identity.ts";
import { RecordStore } from "../state/record-store.ts";
import { readLockHolder } from "../state/run-lock.ts";
import type { HelmProvider } from "./choose-helm.ts";
import type { Cluster } from "./connect-cluster.ts";
import { findInjectionWebhook } from "./find-injection-webhook.ts";
import { findRelease, observeNamespaces } from "./observe-stack.ts";

/**
 * Compares what the stack wants with what the cluster has. Changes nothing.
 * @throws FlotillaError `release-owned` or `release-locked` when a release is in other hands
 */
export async function createPlan(
  stack: Stack,
  pinned: readonly PinnedRelease[],
  cluster: Cluster,
  provideHelm: HelmProvider,
  context: RunContext,
): Promise<Plan> {
  const { client } = cluster;
  const names = stack.namespaces.map(({ name }) => name);
  const [store, observed, namespaces] = await Promise.all([
    RecordStore.open(client, stack.stateNamespace, stack.name, context.signal),
    observeNamespaces(client, names, context.signal),
    observedNamespaces(cluster, names, context.signal),
  ]);
  const mayLive = (recorded: RecordedRelease | null): Promise<boolean> =>
    mayBeAlive(recorded, stack, cluster, context.signal);
  const releases = await Promise.all(
    pinned.map((each) => classifyRelease(stack, each, store.record, observed, mayLive)),
  );
  const changes = releases.some(({ action }) => action !== "unchanged");
  // Its version and what istiod renders are asked for at the same time: each costs a process.
  const [helm, injection] = await Promise.all([
    changes ? provideHelm.open() : null,
    findInjectionWebhook(cluster, provideHelm, releases, context.signal),
  ]);
  return buildPlan({
    stack,
    context: cluster.context,
    kubernetesVersion: cluster.kubernetesVersion,
    helmVersion: helm?.version ?? null,
    releases,
    namespaces,
    injection,
  });
}

async function classifyRelease(
  stack: Stack,
  pinned: PinnedRelease,
  record: StackRecord,
  all: readonly ObservedRelease[],
  mayLive: (recorded: RecordedRelease | null) => Promise<boolean>,
): Promise<ClassifiedRelease> {
  const { name, namespace } = pinned.release;
  const observed = findRelease(all, pinned.release);
  const recorded = record.releases[name] ?? null;
  const hash = inputsHash(record.hashKey, pinned);
  const classified = classify({
    stack: stack.name,
    name,
    namespace,
    inputsHash: hash,
    observed,
    recorded,
    ownerAlive: await mayLive(recorded),
  });
  if (classified.action === "refused") {
    throw new FlotillaError(classified.code, classified.message, { hint: classified.hint });
  }
  return { ...classified, pinned, revision: observed?.revision ?? null };
}

/** A run that cannot be looked at from here lives while it renews the stack's lock. */
async function mayBeAlive(
  recorded: RecordedRelease | null,
  stack: Stack,
  { client }: Cluster,
  signal: AbortSignal,
): Promise<boolean> {
  if (!recorded?.intent) return false;
  const { owner } = recorded.intent;
  const alive = await isAlive(owner, "cluster");
  if (alive !== "elsewhere") return alive;
  const holder = await readLockHolder(client, { namespace: stack.stateNamespace, stack: stack.name }, signal);
  return holder !== null && !holder.expired && holder.owner.run === owner.run;
}

async function observedNamespaces(
  { client }: Cluster,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly ObservedNamespace[]> {
  const found = await Promise.all(
    names.map((name) => client.get({ apiVersion: "v1", kind: "Namespace", namespace: null, name }, signal)),
  );
  // One that is on its way out is as good as gone: the step waits for that.
  const present = found.flatMap((object) => (object && !object.metadata.deletionTimestamp ? [object] : []));
  return present.map(({ metadata: { name, labels, annotations } }) => ({
    name,
    labels: labels ?? {},
    annotations: annotations ?? {},
  }));
}
