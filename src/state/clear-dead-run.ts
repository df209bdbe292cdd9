import type { KubeClient } from "../kube/kube-client.ts";
import type { RunOwner } from "../model/observed.ts";
import { isAlive } from "../runtime/process-identity.ts";
import { tidyJournal } from "./journal-store.ts";
import { acquireRunLock, type LockPlace, readLockHolder } from "./run-lock.ts";

/**
 * Clears away what a run of this host that has died leaves of itself: its lock, and its journal, which is open still.
 * A run that changes something does that by itself, as it takes the lock; this is for those that find nothing to do.
 * Throws what its requests throw, and `run-locked` when another run is quicker.
 */
export async function clearDeadRun(
  client: KubeClient,
  place: LockPlace,
  owner: RunOwner,
  signal: AbortSignal,
): Promise<void> {
  const holder = await readLockHolder(client, place, signal);
  if (holder === null || (await isAlive(holder.owner, "cluster")) !== false) return;
  const lock = await acquireRunLock(client, place, owner, signal);
  try {
    await tidyJournal(client, place, owner.run, signal);
  } finally {
    await lock.release();
  }
}
