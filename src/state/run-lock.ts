import { isAlreadyExists, isConflict, isMissing } from "../kube/api-error.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { FlotillaError } from "../model/errors.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import type { RunOwner } from "../model/observed.ts";
import { pause } from "../runtime/abort.ts";
import { isAlive } from "../runtime/process-identity.ts";
import { createInStateNamespace, STATE_LABELS } from "./ensure-namespace.ts";

/** A lease that was not renewed for so many seconds belongs to a dead run. */
const LEASE_SECONDS = 15;
const LEASE_MS = LEASE_SECONDS * 1000;
const RENEW_EVERY_MS = 5_000;
/** After a try that failed. */
const RETRY_AFTER_MS = 1_000;
const OWNER = "flotilla.dev/owner";

/** The right to change a stack, held by one run at a time. */
export interface RunLock {
  /** Aborted when the lock was lost: the run must not begin anything any more. */
  readonly lost: AbortSignal;
  /** Gives the lock back. Never throws: a lease that cannot be deleted runs out by itself. */
  readonly release: () => Promise<void>;
}

/**
 * Takes a stack's lock: a Lease that is renewed while the run goes on. One of a dead run is taken over.
 * @throws FlotillaError `run-locked` at once when another run holds it, naming who, since when and from where
 */
export async function acquireRunLock(
  client: KubeClient,
  place: { readonly namespace: string; readonly stack: string },
  owner: RunOwner,
  signal: AbortSignal,
): Promise<RunLock> {
  const ref = leaseRef(place.namespace, place.stack);
  for (;;) {
    const found = await client.get(ref, signal);
    if (found !== null) await refuseWhenHeld(client, found, place.stack, signal);
    const lease = leaseFor(ref, owner, found?.metadata.resourceVersion ?? null);
    try {
      const taken = await (found === null
        ? createInStateNamespace(client, lease, signal)
        : client.update(lease, signal));
      return holdLease(client, ref, owner, taken);
    } catch (error) {
      // Another run was faster, or gave the lock back just now: look again who has it.
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
  place: { readonly namespace: string; readonly stack: string },
  signal: AbortSignal,
): Promise<LockHolder | null> {
  const lease = await client.get(leaseRef(place.namespace, place.stack), signal);
  const owner = lease === null ? null : ownerOf(lease);
  return lease === null || owner === null ? null : { owner, expired: isExpired(lease) };
}

async function refuseWhenHeld(
  client: KubeClient,
  lease: KubeObject,
  stack: string,
  signal: AbortSignal,
): Promise<void> {
  const owner = ownerOf(lease);
  if (owner === null) return;
  const alive = await isAlive(owner, "cluster");
  if (alive === false) return;
  if (alive === "elsewhere" && (await hasRunOut(client, lease, signal))) return;
  const since = String(lease.spec?.["acquireTime"] ?? "unknown");
  throw new FlotillaError(
    "run-locked",
    `The stack "${stack}" is being changed by run ${owner.run}: process ${owner.pid} on ${owner.host}, since ${since}.`,
    { hint: "Wait until it is done, then try again." },
  );
}

/** Whether nobody renews a lease: its time by the clock, confirmed by watching it for a lease's length (clocks differ). */
async function hasRunOut(client: KubeClient, lease: KubeObject, signal: AbortSignal): Promise<boolean> {
  if (!isExpired(lease)) return false;
  await pause(LEASE_MS, signal);
  const { apiVersion, kind, metadata } = lease;
  const now = await client.get(
    { apiVersion, kind, namespace: metadata.namespace ?? null, name: metadata.name },
    signal,
  );
  return now?.metadata.resourceVersion === metadata.resourceVersion;
}

function isExpired(lease: KubeObject): boolean {
  const renewed = Date.parse(String(lease.spec?.["renewTime"] ?? ""));
  // A time that cannot be read is of no run that renews.
  return !(Date.now() - renewed < LEASE_MS);
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
  const renewing = renew().catch((cause: unknown) => {
    if (stopped.signal.aborted) return;
    lost.abort(
      new FlotillaError(
        "run-locked",
        `Run ${owner.run} has lost the stack's lock (Lease ${ref.name} in ${ref.namespace}).`,
        {
          hint: "Another run may have taken over, or the cluster was out of reach for too long. Run the command again.",
          cause,
        },
      ),
    );
  });
  const release = async (): Promise<void> => {
    stopped.abort();
    await renewing;
    if (lost.signal.aborted) return;
    await removeOwn(client, ref, owner, AbortSignal.timeout(RENEW_EVERY_MS)).catch(() => {});
  };
  return { lost: lost.signal, release };
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

/** Read anew, as a renewal that was broken off may have been stored; whoever takes over meanwhile keeps the lease. */
async function removeOwn(client: KubeClient, ref: ObjectRef, owner: RunOwner, signal: AbortSignal): Promise<void> {
  const lease = await client.get(ref, signal);
  const resourceVersion = lease?.metadata.resourceVersion;
  if (lease === null || resourceVersion === undefined || ownerOf(lease)?.run !== owner.run) return;
  await client.remove(ref, { resourceVersion }, signal);
}

function leaseRef(namespace: string, stack: string): ObjectRef {
  return { apiVersion: "coordination.k8s.io/v1", kind: "Lease", namespace, name: `flotilla-${stack}` };
}

function leaseFor(ref: ObjectRef, owner: RunOwner, resourceVersion: string | null): KubeObject {
  const now = microTime();
  return {
    apiVersion: ref.apiVersion,
    kind: ref.kind,
    metadata: {
      name: ref.name,
      namespace: ref.namespace ?? "",
      labels: STATE_LABELS,
      annotations: { [OWNER]: JSON.stringify(owner) },
      ...(resourceVersion === null ? {} : { resourceVersion }),
    },
    spec: {
      holderIdentity: `${owner.host}/${owner.pid}/${owner.run}`,
      leaseDurationSeconds: LEASE_SECONDS,
      acquireTime: now,
      renewTime: now,
    },
  };
}

function renewed(lease: KubeObject): KubeObject {
  return { ...lease, spec: { ...lease.spec, renewTime: microTime() } };
}

/** Kubernetes' MicroTime: RFC 3339 with six digits of a second. */
function microTime(): string {
  return new Date().toISOString().replace("Z", "000Z");
}

function ownerOf(lease: KubeObject): RunOwner | null {
  try {
    return JSON.parse(lease.metadata.annotations?.[OWNER] ?? "null") as RunOwner | null;
  } catch {
    return null;
  }
}
