import type { FolderEntry, LockEntry } from "../model/lock.ts";

/** The contents of a flotilla.lock. */
export interface Lock {
  /** Name of the stack that it pins. */
  readonly stack: string;
  /** At most one per release; charts that are folders have none. */
  readonly entries: readonly LockEntry[];
  /** At most one per release whose chart is a folder that depends on charts from elsewhere. */
  readonly folders: readonly FolderEntry[];
  /** Environment → images that its releases render. Only told, never compared. */
  readonly images: Readonly<Record<string, readonly string[]>>;
}

/** Version of the lock's layout; raised when an older flotilla would misread a newer lock. */
export const LOCK_VERSION = 1;
