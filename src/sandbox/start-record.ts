import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { withFileLock } from "../runtime/file-lock.ts";
import { NODE_COUNT } from "./base-objects.ts";
import { sandboxFolders } from "./sandbox-folders.ts";
import { type SandboxPorts, allocatePorts, becomeFree } from "./ports.ts";
import { sandboxPaths, sandboxesDirectory } from "./sandbox-paths.ts";
import { type SandboxRecord, readRecord, writeRecord } from "./sandbox-record.ts";

/**
 * Writes the record of a start that is about to happen, with the ports it will have. Only one sandbox at a time gets
 * ports, and what it gets is on record before the next one looks.
 * @param keepData whether the data of the last time is to be kept
 * @param wanted the ports of the last time, taken again when they are free
 */
export async function recordStart(
  name: string,
  keepData: boolean,
  wanted: SandboxPorts | null,
  signal: AbortSignal,
): Promise<SandboxRecord> {
  const reserve = async (): Promise<SandboxRecord> => {
    const again = wanted !== null && (await becomeFree(wanted));
    const record: SandboxRecord = {
      version: 1,
      name,
      phase: keepData ? "restarting" : "creating",
      ports: again ? wanted : await allocatePorts(await takenBlocks(name)),
      processes: [],
      kubernetesVersion: null,
      nodes: NODE_COUNT,
      startedAt: new Date().toISOString(),
    };
    const paths = sandboxPaths(name);
    await mkdir(paths.directory, { recursive: true, mode: 0o700 });
    await writeRecord(paths.record, record);
    return record;
  };
  return withFileLock(join(sandboxesDirectory(), "ports.lock"), reserve, { signal });
}

/** First ports of the blocks that other sandboxes have on record, running or not. */
async function takenBlocks(name: string): Promise<Set<number>> {
  const others = (await sandboxFolders()).filter((other) => other !== name);
  const records = await Promise.all(others.map((other) => readRecord(sandboxPaths(other).record)));
  return new Set(records.flatMap((record) => (record === null ? [] : [record.ports.apiServer])));
}
