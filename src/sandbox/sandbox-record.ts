import { readTextIfExists, writeFileAtomic } from "../runtime/files.ts";
import type { ComponentProcess } from "./component-processes.ts";
import type { SandboxPorts } from "./ports.ts";

/** What a sandbox's folder says of it. Written before anything is started, so that nothing started goes unrecorded. */
export interface SandboxRecord {
  readonly version: 1;
  readonly name: string;
  /** `creating`: there is no data worth keeping yet. `restarting`: there is. `ready`: it has been handed over. */
  readonly phase: "creating" | "restarting" | "ready";
  readonly ports: SandboxPorts;
  /** Empty until it is ready. */
  readonly processes: readonly ComponentProcess[];
  /** With the leading `v`; null until it was ready once. */
  readonly kubernetesVersion: string | null;
  /** How many simulated nodes it was started with. */
  readonly nodes: number;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** The record of a sandbox; null when there is none or it cannot be read. */
export async function readRecord(path: string): Promise<SandboxRecord | null> {
  const text = await readTextIfExists(path);
  if (text === null) return null;
  try {
    const record: unknown = JSON.parse(text);
    return isRecord(record) ? record : null;
  } catch {
    return null;
  }
}

/** Puts a record in place of the last one. */
export async function writeRecord(path: string, record: SandboxRecord): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(record, null, 2)}\n`, 0o600);
}

/** Only we write records, whole: the version is enough to tell. */
function isRecord(value: unknown): value is SandboxRecord {
  return typeof value === "object" && value !== null && "version" in value && value.version === 1;
}
