import { isAlreadyExists, isConflict, isMissing } from "../kube/api-error.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { FlotillaError } from "../model/errors.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import type { RunOwner } from "../model/observed.ts";
import { pause } from "../runtime/abort.ts";
import { isAlive } from "../runtime/process-identity.ts";
import { createInStateNamespace, ensureStateNamespace } from "./ensure-namespace.ts";
import { isExpired, LEASE_MS, leaseFor, leaseRef, ownerOf, renewed, unrenewedMs } from "./lease.ts";

const RENEW_EVERY_MS = 5_000;
/** After a try that failed. */
const RETRY_AFTER_MS = 1_000;

/** The right to change a stack, held by one run at a time. */
export interface RunLock {
  /** Aborted when the lock was lost: the run must not begin anything any more. */
  readonly lost: AbortSignal;
  /**
   * Looks once more that the lock is ours: before each effect, as a process may have slept since it last renewed.
   * @throws FlotillaError `run-locked` when it is not
   */
  readonly confirm: (signal: AbortSignal) => Promise<void>;
  /** Gives the lock back. Never throws: a lease that cannot be deleted runs out by itself. */
  readonly release: () => Promise<void>;
}

/** Which stack's lock. */
export interface LockPlace {
  readonly namespace: string;
  readonly stack: string;
}

/**
 * Takes a stack's lock: a Lease that is renewed while the run goes on. One of a dead run is taken over.
 * @throws FlotillaError `run-locked` at once when another run holds it, naming who, since when and from where
 */
export async function acquireRunLock(
  client: KubeClient,
  place: LockPlace,
  owner: RunOwner,
  signal: AbortSignal,
): Promise<RunLock> {
  const ref = leaseRef(place.namespace, place.stack);
  await ensureStateNamespace(client, place.namespace, signal);
  for (let found: KubeObject | null = null; ; found = await client.get(ref, signal)) {
    if (found !== null) await refuseWhenHeld(client, found, place.stack, signal);
    const lease = leaseFor(ref, owner, found?.metadata.resourceVersion ?? null);
    try {
      const taken = await (found === null
        ? createInStateNamespace(client, lease, signal)
        : client.update(lease, signal));
      return holdLease(client, ref, owner, taken);
    } catch (error) {
      // There is one already, or another run was faster, or gave it back just now: look who has it.
      const passed = found === null ? isAlreadyExists(error) : isConflict(error) || isMissing(error);
      if (!passed) throw error;
    }
  }
}

/** Who a lock's lease names. */
export interface LockHolder {
  readonly owner: RunOwner;
  /** True when it was not renewed for a lease's length, by this machine's clock. */
  readonly expired: boolean;
}

/** Who holds a stack's lock right now, or held it last; null when nobody does. */
export async function readLockHolder(
  client: KubeClient,
  place: LockPlace,
  signal: AbortSignal,
): Promise<LockHolder | null> {
  const lease = await client.get(leaseRef(place.namespace, place.stack), signal);
  const owner = lease === null ? null : ownerOf(lease);
  return lease === null || owner === null ? null : { owner, expired: isExpired(lease) };
}

/**
 * Passes when a lease is nobody's any more: its process is dead, or nobody renews it. Whoever holds one gives it up by
 * itself after so long, also a process that was stopped meanwhile.
 * @throws FlotillaError `run-locked` when it is held
 */
export async function refuseWhenHeld(
  client: KubeClient,
  lease: KubeObject,
  stack: string,
  signal: AbortSignal,
): Promise<void> {
  const owner = ownerOf(lease);
  if (owner === null) return;
  if ((await isAlive(owner, "cluster")) === false) return;
  if (await hasRunOut(client, lease, signal)) return;
  const since = String(lease.spec?.["acquireTime"] ?? "unknown");
  throw new FlotillaError(
    "run-locked",
    `The stack "${stack}" is being changed by run ${owner.run}: process ${owner.pid} on ${owner.host}, since ${since}.`,
    { hint: "Wait until it is done and try again, or let this wait for it: --wait-for-lock 10m." },
  );
}

/** Whether nobody renews a lease: its time by the clock, confirmed by watching it for a lease's length (clocks differ). */
async function hasRunOut(client: KubeClient, lease: KubeObject, signal: AbortSignal): Promise<boolean> {
  const seenMs = unrenewedMs(lease);
  if (!isExpired(lease)) return false;
  await pause(Math.max(0, LEASE_MS - seenMs), signal);
  const { apiVersion, kind, metadata } = lease;
  const now = await client.get(
    { apiVersion, kind, namespace: metadata.namespace ?? null, name: metadata.name },
    signal,
  );
  return now === null || now.metadata.resourceVersion === metadata.resourceVersion;
}

function holdLease(client: KubeClient, ref: ObjectRef, owner: RunOwner, first: KubeObject): RunLock {
  const lost = new AbortController();
  const stopped = new AbortController();
  let lease = first;
  const renew = async (): Promise<void> => {
    let heldUntil = performance.now() + LEASE_MS;
    for (let waitMs = RENEW_EVERY_MS; ;) {
      await pause(waitMs, stopped.signal);
      const begun = performance.now();
      const limitMs = Math.ceil(Math.max(1, Math.min(RENEW_EVERY_MS, heldUntil - begun)));
      const bounded = AbortSignal.any([stopped.signal, AbortSignal.timeout(limitMs)]);
      try {
        lease = await renewOwn(client, ref, owner, lease, bounded);
        heldUntil = begun + LEASE_MS;
        waitMs = RENEW_EVERY_MS;
      } catch (error) {
        if (isConflict(error) || isMissing(error) || performance.now() >= heldUntil) throw error;
        waitMs = Math.max(0, Math.min(RETRY_AFTER_MS, heldUntil - performance.now()));
      }
    }
  };
  const lose = (cause: unknown): FlotillaError => {
    const error = new FlotillaError(
      "run-locked",
      `Run ${owner.run} has lost the stack's lock (Lease ${ref.name} in ${ref.namespace}).`,
      {
        hint: "Another run may have taken over, or the cluster was out of reach for too long. Run the command again.",
        cause,
      },
    );
    lost.abort(error);
    return error;
  };
  const renewing = renew().catch((cause: unknown) => {
    if (!stopped.signal.aborted) lose(cause);
  });
  const confirm = async (signal: AbortSignal): Promise<void> => {
    const now = await client.get(ref, signal);
    if (now === null || ownerOf(now)?.run !== owner.run) throw lose(null);
  };
  const release = async (): Promise<void> => {
    stopped.abort();
    await renewing;
    if (lost.signal.aborted) return;
    await removeOwn(client, ref, owner, lease, AbortSignal.timeout(RENEW_EVERY_MS)).catch(() => {});
  };
  return { lost: lost.signal, confirm, release };
}

/** A conflict with ourselves (an update whose answer never came) or with somebody's label is no loss. */
async function renewOwn(
  client: KubeClient,
  ref: ObjectRef,
  owner: RunOwner,
  lease: KubeObject,
  signal: AbortSignal,
): Promise<KubeObject> {
  try {
    return await client.update(renewed(lease), signal);
  } catch (error) {
    if (!isConflict(error)) throw error;
    const now = await client.get(ref, signal);
    if (now === null || ownerOf(now)?.run !== owner.run) throw error;
    return client.update(renewed(now), signal);
  }
}

/** A renewal that was broken off may have been stored: then it is read anew. Whoever takes over meanwhile keeps the lease. */
async function removeOwn(
  client: KubeClient,
  ref: ObjectRef,
  owner: RunOwner,
  known: KubeObject,
  signal: AbortSignal,
): Promise<void> {
  let lease: KubeObject | null = known;
  for (let attempt = 0; lease !== null && ownerOf(lease)?.run === owner.run; attempt += 1) {
    const { resourceVersion } = lease.metadata;
    if (resourceVersion === undefined) return;
    try {
      await client.remove(ref, { resourceVersion }, signal);
      return;
    } catch (error) {
      if (!isConflict(error) || attempt > 0) throw error;
      lease = await client.get(ref, signal);
    }
  }
}
