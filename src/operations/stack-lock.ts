import { basename, dirname, join, relative } from "node:path";

import { compareLock, describeStale, type LockComparison } from "../lock/compare-lock.ts";
import type { LockPlaces } from "../lock/lock-source.ts";
import type { Lock } from "../lock/lock.ts";
import { parseLock } from "../lock/parse-lock.ts";
import type { Stack } from "../model/stack.ts";
import { cacheDirectory } from "../runtime/directories.ts";
import { readTextIfExists } from "../runtime/files.ts";

/** The lock file of a stack as it is on disk. */
export interface StackLock {
  /** Absolute path. */
  readonly file: string;
  readonly places: LockPlaces;
  /** Null when there is no lock file. */
  readonly text: string | null;
  readonly lock: Lock | null;
  /** How it fits the stack; everything is missing when there is none. */
  readonly comparison: LockComparison;
}

/** Beside the stack file, under its name: `flotilla.yaml` has `flotilla.lock`. */
function lockFileOf(stack: Stack): string {
  return join(dirname(stack.file), `${basename(stack.file).replace(/\.ya?ml$/, "")}.lock`);
}

/**
 * Reads a stack's lock and compares it with the stack.
 * @throws ConfigError when the file is broken
 */
export async function readStackLock(stack: Stack): Promise<StackLock> {
  const file = lockFileOf(stack);
  const places = { lockFolder: dirname(file), cacheFolder: cacheDirectory() };
  const text = await readTextIfExists(file);
  const lock = text === null ? null : parseLock(text, relative(process.cwd(), file));
  const comparison = compareLock(
    lock ?? { stack: stack.name, entries: [], folders: [], images: {} },
    stack.releases,
    places,
  );
  return { file, places, text, lock, comparison };
}

/** What keeps a lock from being used for a stack without moving a pin: sentences without their full stop. */
export function staleProblems(stack: Stack, { lock, file, comparison }: StackLock): readonly string[] {
  const foreign =
    lock !== null && lock.stack !== stack.name
      ? [`${basename(file)} belongs to the stack ${lock.stack}, not to ${stack.name}`]
      : [];
  return [...foreign, ...comparison.stale.map(describeStale)];
}
