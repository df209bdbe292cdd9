import { basename, dirname, join, relative } from "node:path";

import { compareLock, describeStale, type LockComparison } from "../lock/compare-lock.ts";
import type { LockPlaces } from "../lock/lock-source.ts";
import type { Lock } from "../lock/lock.ts";
import { parseLock } from "../lock/parse-lock.ts";
import { FlotillaError } from "../model/errors.ts";
import type { Stack } from "../model/stack.ts";
import { cacheDirectory } from "../runtime/directories.ts";
import { readTextIfExists } from "../runtime/files.ts";

/** The lock file of a stack as it is on disk. */
export interface StackLock {
  /** Absolute path. */
  readonly file: string;
  /** The file's own name, such as `flotilla.lock`. */
  readonly name: string;
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
 * @throws ConfigError when the file is broken, FlotillaError `config-invalid` when it cannot be read
 */
export async function readStackLock(stack: Stack): Promise<StackLock> {
  const file = lockFileOf(stack);
  const places = { lockFolder: dirname(file), cacheFolder: cacheDirectory() };
  const shown = relative(process.cwd(), file);
  const text = await readLockText(file, shown);
  const lock = text === null ? null : parseLock(text, shown);
  const comparison = compareLock(
    lock ?? { stack: stack.name, entries: [], folders: [], images: {} },
    stack.releases,
    places,
  );
  return { file, name: basename(file), places, text, lock, comparison };
}

async function readLockText(file: string, shown: string): Promise<string | null> {
  try {
    return await readTextIfExists(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FlotillaError("config-invalid", `The lock file ${shown} cannot be read: ${reason}.`, {
      hint: "It must be a file of its own that you may read; when there is none, `flotilla lock` writes it.",
      cause: error,
    });
  }
}

/** What keeps a lock from being used for a stack without moving a pin: sentences without their full stop. */
export function staleProblems(stack: Stack, { lock, name, comparison }: StackLock): readonly string[] {
  const foreign =
    lock !== null && lock.stack !== stack.name
      ? [`${name} belongs to the stack ${lock.stack}, not to ${stack.name}`]
      : [];
  return [...foreign, ...comparison.stale.map(describeStale)];
}
