import { createHash } from "node:crypto";
import { realpath, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { cacheDirectory } from "../runtime/directories.ts";
import { readTextIfExists, writeFileAtomic } from "../runtime/files.ts";

/**
 * Helm itself is above 50 MB and called helm. What is smaller, or leads to a program of another name, is a wrapper or a
 * version manager's shim: that may run another helm each time.
 */
const PROGRAM = { bytes: 20_000_000, name: /^helm/ };

/** What a program has printed as its version, kept for as long as its file stays the same. */
export interface VersionMemory {
  /** Null when it was not asked yet. */
  readonly printed: string | null;
  /** Best effort: without a cache it is asked again next time. Never throws. */
  readonly remember: (printed: string) => Promise<void>;
}

/** For programs that have to be asked each time. */
const NO_MEMORY: VersionMemory = { printed: null, remember: async () => {} };

/** Asking a helm for its version costs a process; this knows what it said the last time. Never throws. */
export async function versionMemory(path: string): Promise<VersionMemory> {
  try {
    const real = await realpath(path);
    const { size, mtimeMs, ctimeMs, ino } = await stat(real);
    if (size < PROGRAM.bytes || !PROGRAM.name.test(basename(real))) return NO_MEMORY;
    const key = createHash("sha256")
      .update(JSON.stringify([real, size, mtimeMs, ctimeMs, ino]))
      .digest("hex");
    const file = join(cacheDirectory(), "helm-versions", key.slice(0, 32));
    return {
      printed: (await readTextIfExists(file)) || null,
      remember: (printed) => writeFileAtomic(file, printed).catch(() => {}),
    };
  } catch {
    return NO_MEMORY;
  }
}
