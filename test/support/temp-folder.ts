import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";

/** A folder that each test of a file has to itself. */
export interface TempFolder {
  /** Absolute; gone after the test. */
  readonly path: string;
  /** A path below it. */
  readonly join: (...parts: readonly string[]) => string;
}

/** Gives each test of the file a folder of its own. */
export function useTempFolder(): TempFolder {
  const folder = { path: "", join: (...parts: readonly string[]) => join(folder.path, ...parts) };
  beforeEach(async () => {
    folder.path = await mkdtemp(join(tmpdir(), "flotilla-test-"));
  });
  afterEach(() => rm(folder.path, { recursive: true, force: true }));
  return folder;
}
