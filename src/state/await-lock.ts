import type { KubeClient } from "../kube/kube-client.ts";
import { FlotillaError } from "../model/errors.ts";
import type { RunOwner } from "../model/observed.ts";
import { pause } from "../runtime/abort.ts";
import { leaseRef } from "./lease.ts";
import { acquireRunLock, type LockPlace, refuseWhenHeld, type RunLock } from "./run-lock.ts";

/** After a try that failed, in milliseconds. */
const RETRY_AFTER_MS = 1_000;

/** What is done while another run holds the lock. */
export interface LockWait {
  /** Milliseconds to wait for it; 0: not at all. */
  readonly waitMs: number;
  /** Called once, with who holds it, when the waiting begins. */
  readonly onWait: (holder: FlotillaError) => void;
}

/**
 * Takes a stack's lock, and waits for it when that is wanted.
 * @throws FlotillaError `run-locked` when another run still holds it
 */
export function awaitRunLock(
  client: KubeClient,
  place: LockPlace,
  owner: RunOwner,
  wait: LockWait,
  signal: AbortSignal,
): Promise<RunLock> {
  return whileHeld(() => acquireRunLock(client, place, owner, signal), wait, signal);
}

/**
 * Waits until nobody holds a stack's lock: what is planned before that would be stale by the time it may run.
 * @throws FlotillaError `run-locked` when another run still holds it
 */
export function awaitFreeLock(
  client: KubeClient,
  place: LockPlace,
  wait: LockWait,
  signal: AbortSignal,
): Promise<void> {
  const ref = leaseRef(place.namespace, place.stack);
  const look = async (): Promise<void> => {
    const lease = await client.get(ref, signal);
    if (lease !== null) await refuseWhenHeld(client, lease, place.stack, signal);
  };
  return whileHeld(look, wait, signal);
}

async function whileHeld<T>(attempt: () => Promise<T>, { waitMs, onWait }: LockWait, signal: AbortSignal): Promise<T> {
  const end = performance.now() + waitMs;
  for (let told = false; ; told = true) {
    try {
      return await attempt();
    } catch (error) {
      const isHeld = error instanceof FlotillaError && error.code === "run-locked";
      if (!isHeld || performance.now() >= end) throw error;
      if (!told) onWait(error);
      await pause(Math.min(RETRY_AFTER_MS, Math.max(0, end - performance.now())), signal);
    }
  }
}
