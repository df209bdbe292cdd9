import { isConflict } from "../kube/api-error.ts";
import { createIfAbsent } from "../kube/create-if-absent.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { FlotillaError } from "../model/errors.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import type { RunOwner } from "../model/observed.ts";
import { pause } from "../runtime/abort.ts";
import { isAlive } from "../runtime/process-identity.ts";
import { ensureStateNamespace, STATE_LABELS } from "./ensure-namespace.ts";

/** A lease that was not renewed for so many seconds belongs to a dead run. */
const LEASE_SECONDS = 15;
const RENEW_EVERY_MS = 5_000;
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
  const found = await client.get(ref, signal);
  if (found === null) {
    await ensureStateNamespace(client, place.namespace, signal);
    const made = await createIfAbsent(client, leaseFor(ref, owner, null), signal);
    if (made !== null) return holdLease(client, ref, owner, made);
    return acquireRunLock(client, place, owner, signal);
  }
  await refuseWhenHeld(client, found, place.stack, signal);
  const taken = await client.update(leaseFor(ref, owner, found.metadata.resourceVersion ?? null), signal);
  return holdLease(client, ref, owner, taken);
}

/** Who holds a stack's lock right now, or held it last; null when nobody does. */
export async function readLockOwner(
  client: KubeClient,
  place: { readonly namespace: string; readonly stack: string },
  signal: AbortSignal,
): Promise<RunOwner | null> {
  const lease = await client.get(leaseRef(place.namespace, place.stack), signal);
  return lease === null ? null : ownerOf(lease);
}

async function refuseWhenHeld(
  client: KubeClient,
  lease: KubeObject,
  stack: string,
  signal: AbortSignal,
): Promise<void> {
  const owner = ownerOf(lease);
  if (owner === null) return;
  const alive = await isAlive(owner);
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
  const renewed = Date.parse(String(lease.spec?.["renewTime"] ?? ""));
  if (Date.now() - renewed < LEASE_SECONDS * 1000) return false;
  await pause(LEASE_SECONDS * 1000, signal);
  const { apiVersion, kind, metadata } = lease;
  const now = await client.get(
    { apiVersion, kind, namespace: metadata.namespace ?? null, name: metadata.name },
    signal,
  );
  return now?.metadata.resourceVersion === metadata.resourceVersion;
}

function holdLease(client: KubeClient, ref: ObjectRef, owner: RunOwner, first: KubeObject): RunLock {
  const lost = new AbortController();
  const stopped = new AbortController();
  let lease = first;
  const renewing = (async () => {
    for (let failures = 0; ;) {
      await pause(RENEW_EVERY_MS, stopped.signal);
      try {
        lease = await client.update(renewed(lease), stopped.signal);
        failures = 0;
      } catch (error) {
        failures += 1;
        if (isConflict(error) || failures * RENEW_EVERY_MS >= LEASE_SECONDS * 1000) throw error;
      }
    }
  })().catch((cause: unknown) => {
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
    await client.remove(ref, {}, AbortSignal.timeout(RENEW_EVERY_MS)).catch(() => {});
  };
  return { lost: lost.signal, release };
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
