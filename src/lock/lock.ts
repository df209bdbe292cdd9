import type { LockEntry } from "../model/lock.ts";

/** The contents of a flotilla.lock. */
export interface Lock {
  /** Name of the stack that it pins. */
  readonly stack: string;
  /** At most one per release; charts that are folders have none. */
  readonly entries: readonly LockEntry[];
}

/** Version of the lock's layout; raised when an older flotilla would misread a newer lock. */
export const LOCK_VERSION = 1;
