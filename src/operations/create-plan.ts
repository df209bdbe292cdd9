import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { PinnedRelease } from "../model/lock.ts";
import type { ObservedRelease, RecordedRelease, StackRecord } from "../model/observed.ts";
import type { Plan } from "../model/plan.ts";
import type { Namespace, Stack } from "../model/stack.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { buildPlan, type ClassifiedRelease, type ObservedNamespace } from "../plan/build.ts";
import type { RemovedRelease } from "../plan/build-prune.ts";
import { classify } from "../plan/classify.ts";
import { inputsHash } from "../plan/inputs-hash.ts";
import { inOrder } from "../plan/order.ts";
import { selectSteps } from "../plan/select.ts";
import { isAlive } from "../runtime/process-identity.ts";
import { RecordStore } from "../state/record-store.ts";
import { readLockHolder } from "../state/run-lock.ts";
import type { HelmProvider } from "./choose-helm.ts";
import { refuseUnknownChoices } from "./choose-releases.ts";
import type { Cluster } from "./connect-cluster.ts";
import { addonWebhooks, findPresentAddons, withoutPresent } from "./find-addons.ts";
import { withForcedConflicts } from "./force-conflicts.ts";
import { findRemoved, refuseProtected } from "./find-removed.ts";
import { lookWith } from "./look-with.ts";
import { markAdopted } from "./mark-adopted.ts";
import { withDrift } from "./observe-drift.ts";
import { observePullSecrets } from "./observe-pull-secrets.ts";
import type { gatherEvidence } from "./plan-evidence.ts";
import { findRelease, observeNamespaces } from "./observe-stack.ts";
import { withoutSecrets } from "./without-secrets.ts";

/** What a plan may do beside what the stack file says. */
export interface PlanOptions {
  /** Uninstall releases that left the stack file. */
  readonly prune?: boolean;
  /** Take over releases and objects that were made without flotilla. */
  readonly adopt?: boolean;
  /** Whoever left a release pending is dead, except for a process that lives on this host. */
  readonly takeOver?: boolean;
  /** Names of releases that take over fields which others hold. */
  readonly forceConflicts?: readonly string[];
  /** Names of the releases that the plan is limited to; none: all. */
  readonly only?: readonly string[];
  /** With `only`: what they need comes along. */
  readonly withNeeds?: boolean;
  /** Nobody is going to read it: what installs add is left out, and needs no chart to be rendered. */
  readonly brief?: boolean;
}

/**
 * Compares what the stack wants with what the cluster has. Changes nothing.
 * @throws FlotillaError `usage` for a release that the stack does not have, `config-invalid` when releases wait for
 * themselves, `need-unmet` when `only` leaves out what is needed and not there; ApplyConflictError when others hold fields
 * that would change; `values-invalid` when a chart does not take its values; `release-protected`; `release-owned` or
 * `release-locked` when a release is in other hands, `gateway-conflict` when Istio could not serve what it brings;
 * PreflightError when it has something to change and tools, cluster and stack do not fit together
 */
export const createPlan = withoutSecrets(compare);

async function compare(
  wanted: Stack,
  pins: readonly PinnedRelease[],
  cluster: Cluster,
  provideHelm: HelmProvider,
  context: RunContext,
  options: PlanOptions = {},
): Promise<Plan> {
  refuseUnknownChoices(wanted, options);
  refuseCycles(pins);
  const { prune = false, adopt = false, takeOver = false, forceConflicts = [], only = [], withNeeds = false } = options;
  const forced = withForcedConflicts(pins, forceConflicts);
  const { stack, pinned } = adopt ? withAdoption(wanted, forced) : { stack: wanted, pinned: forced };
  const { client } = cluster;
  const names = stack.namespaces.map(({ name }) => name);
  const [store, seen, namespaces] = await Promise.all([
    openRecord(client, stack, context.signal),
    observeNamespaces(client, names, context.signal),
    observedNamespaces(cluster, stack.namespaces, context),
  ]).catch((error: unknown) => throwExplained(error, stack, cluster, context.signal));
  // What lies in a namespace that is on its way out goes with it.
  const observed = seen.filter(({ namespace }) => namespaces.some(({ name }) => name === namespace));
  const removed = await removedReleases(stack, store.record, observed, client, context.signal);
  if (prune) refuseProtected(removed, store.record);
  const mayLive = (recorded: RecordedRelease | null): Promise<boolean> =>
    mayBeAlive(recorded, stack, cluster, context.signal, takeOver);
  const own = { stack: stack.name, record: store.record, observed };
  const present = await findPresentAddons(
    client,
    pinned.map(({ release }) => release),
    own,
    context.signal,
  );
  const classified = await Promise.all(
    withoutPresent(pinned, present).map((each) =>
      classifyRelease(stack, each, store.record, observed, mayLive, takeOver),
    ),
  );
  const adopted = await markAdopted(cluster, provideHelm, classified, context.signal);
  const looks = lookWith(cluster, store.record, observed, context);
  const drifted = await withDrift(adopted, looks, context.signal);
  const input = { stack, pinned, releases: drifted, namespaces, cluster, provideHelm };
  const changes = drifted.some(({ action }) => action !== "unchanged") || (prune && removed.length > 0);
  const found = changes
    ? await evidenceOf(input, { looks, removed }, options, context)
    : { helmVersion: null, webhooks: null, releases: drifted, removed, notes: [] };
  const plan = buildPlan({
    stack,
    context: cluster.context,
    kubernetesVersion: cluster.kubernetesVersion,
    namespaces,
    addonWebhooks: addonWebhooks(drifted.map((each) => each.pinned)),
    present: present.map(({ note }) => note),
    prune,
    ...found,
  });
  return selectSteps(plan, { only, withNeeds });
}

/** First of all: charts that wait for each other's CRDs would do so for ever. */
function refuseCycles(pins: readonly PinnedRelease[]): void {
  inOrder(pins.map(({ release }) => ({ id: release.name, needs: release.needs })));
}

/** Where nothing is recorded, charts will be rendered: some of those ask what the cluster serves, which takes a while. */
async function openRecord(client: KubeClient, stack: Stack, signal: AbortSignal): Promise<RecordStore> {
  const store = await RecordStore.open(client, stack.stateNamespace, stack.name, signal);
  // Whoever needs it hears of a fault.
  if (!store.isStored) client.kindVersions(signal).catch(() => {});
  return store;
}

/** Loaded only where something changes. */
const evidenceOf: typeof gatherEvidence = async (...input) =>
  (await import("./plan-evidence.ts")).gatherEvidence(...input);

/** `--adopt` is `adopt: true` for every release. */
function withAdoption(
  stack: Stack,
  pinned: readonly PinnedRelease[],
): { readonly stack: Stack; readonly pinned: readonly PinnedRelease[] } {
  return {
    stack: { ...stack, releases: stack.releases.map((release) => ({ ...release, adopt: true })) },
    pinned: pinned.map((each) => ({ ...each, release: { ...each.release, adopt: true } })),
  };
}

/** They may lie in namespaces that the stack does not have any more. */
async function removedReleases(
  stack: Stack,
  record: StackRecord,
  observed: readonly ObservedRelease[],
  client: KubeClient,
  signal: AbortSignal,
): Promise<readonly RemovedRelease[]> {
  const seen = new Set(stack.namespaces.map(({ name }) => name));
  const places = Object.values(record.releases).map(({ namespace }) => namespace);
  const elsewhere = places.filter((namespace) => !seen.has(namespace));
  const others = elsewhere.length === 0 ? [] : await observeNamespaces(client, elsewhere, signal);
  return findRemoved(stack, record, [...observed, ...others]);
}

async function classifyRelease(
  stack: Stack,
  pinned: PinnedRelease,
  record: StackRecord,
  all: readonly ObservedRelease[],
  mayLive: (recorded: RecordedRelease | null) => Promise<boolean>,
  takeOver: boolean,
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
    adopt: pinned.release.adopt,
    takeOver,
  });
  if (classified.action === "refused") {
    throw new FlotillaError(classified.code, classified.message, { hint: classified.hint });
  }
  return { ...classified, pinned, revision: observed?.revision ?? null };
}

async function throwExplained(error: unknown, stack: Stack, cluster: Cluster, signal: AbortSignal): Promise<never> {
  const { explainForbidden } = await import("./preflight.ts");
  throw await explainForbidden(error, { stack, cluster }, signal);
}

/**
 * A run that cannot be looked at from here lives while it renews the stack's lock.
 * @param takeOver the user says that it is dead; the lock still keeps two from working at once
 */
export async function mayBeAlive(
  recorded: RecordedRelease | null,
  stack: Stack,
  { client }: Cluster,
  signal: AbortSignal,
  takeOver = false,
): Promise<boolean> {
  if (!recorded?.intent) return false;
  const { owner } = recorded.intent;
  const alive = await isAlive(owner, "cluster");
  if (alive !== "elsewhere") return alive;
  if (takeOver) return false;
  const holder = await readLockHolder(client, { namespace: stack.stateNamespace, stack: stack.name }, signal);
  return holder !== null && !holder.expired && holder.owner.run === owner.run;
}

async function observedNamespaces(
  { client }: Cluster,
  wanted: readonly Namespace[],
  context: RunContext,
): Promise<readonly ObservedNamespace[]> {
  const found = await Promise.all(wanted.map((namespace) => observeNamespace(client, namespace, context)));
  return found.flatMap((namespace) => namespace ?? []);
}

/** Null when it has to be made. Who may not look at a namespace can only work in one that is there, so it counts as there. */
async function observeNamespace(
  client: KubeClient,
  wanted: Namespace,
  { signal, emit }: RunContext,
): Promise<ObservedNamespace | null> {
  const { name, labels, annotations } = wanted;
  const stalePullSecrets = await observePullSecrets(client, wanted, signal);
  try {
    const object = await client.get({ apiVersion: "v1", kind: "Namespace", namespace: null, name }, signal);
    // One that is on its way out is as good as gone: the step waits for that.
    if (object === null || object.metadata.deletionTimestamp) return null;
    const { metadata } = object;
    return { name, labels: metadata.labels ?? {}, annotations: metadata.annotations ?? {}, stalePullSecrets };
  } catch (error) {
    if (!(error instanceof FlotillaError) || error.code !== "forbidden") throw error;
    if (Object.keys({ ...labels, ...annotations }).length > 0) {
      const message = `Not allowed to look at namespace ${name}: its labels and annotations are taken to be as the stack file says.`;
      emit({ type: "notice", level: "warning", message, hint: null });
    }
    return { name, labels, annotations, stalePullSecrets };
  }
}
