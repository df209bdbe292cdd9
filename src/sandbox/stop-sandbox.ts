import { rm } from "node:fs/promises";
import type { RunContext } from "../model/context.ts";
import { withFileLock } from "../runtime/file-lock.ts";
import { killComponents } from "./component-processes.ts";
import { becomeFree } from "./ports.ts";
import { readSandbox } from "./read-sandbox.ts";
import { sandboxPaths } from "./sandbox-paths.ts";
import { readRecord } from "./sandbox-record.ts";

/**
 * Ends a sandbox's processes and removes its files, in whatever state it is.
 * @returns whether there was anything
 * @throws FlotillaError `sandbox-failed` when a process does not end, `usage` for a name that cannot be one,
 *   `interrupted` (or the signal's reason) while somebody else works on it
 */
export async function stopSandbox(name: string, context: RunContext): Promise<boolean> {
  const paths = sandboxPaths(name);
  return withFileLock(
    paths.lock,
    async () => {
      const { state } = await readSandbox(name);
      const record = await readRecord(paths.record);
      const killed = await killComponents(paths.programs);
      // A process that is gone may hold its ports a moment longer than its pid.
      if (killed > 0 && record !== null) await becomeFree(record.ports);
      await rm(paths.directory, { recursive: true, force: true });
      return state !== "absent" || killed > 0;
    },
    { signal: context.signal },
  );
}
