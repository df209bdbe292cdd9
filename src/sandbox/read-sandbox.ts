import { pathExists } from "../runtime/files.ts";
import { openApi } from "./api-client.ts";
import { deadComponents, findComponents } from "./component-processes.ts";
import { apiServerUrl } from "./ports.ts";
import type { SandboxInfo, SandboxState } from "./sandbox-info.ts";
import { sandboxContextName } from "./sandbox-name.ts";
import { type SandboxPaths, sandboxPaths } from "./sandbox-paths.ts";
import { type SandboxRecord, readRecord } from "./sandbox-record.ts";

/**
 * How a sandbox stands: its processes are looked for and its API server is asked.
 * @throws FlotillaError `usage` for a name that cannot be one
 */
export async function readSandbox(name: string): Promise<SandboxInfo> {
  const paths = sandboxPaths(name);
  const record = await readRecord(paths.record);
  if (record === null) {
    // A folder without a record may hold no more than a settled chart source.
    const remains = (await pathExists(paths.cluster)) || (await pathExists(paths.record));
    return remains
      ? sandboxInfo(name, paths, null, "broken", ["Its record is missing or damaged."])
      : sandboxInfo(name, paths, null, "absent", []);
  }
  const processes = await findComponents(paths.programs);
  if (record.phase !== "ready")
    return sandboxInfo(name, paths, record, "broken", ["Its last start was never finished."]);
  if (processes.length === 0) return sandboxInfo(name, paths, record, "stopped", ["None of its processes is running."]);
  const dead = await deadComponents(record.processes);
  const silent = await whyNoAnswer(paths, record);
  const problems = [...dead.map((component) => `${component} is not running.`), ...(silent === null ? [] : [silent])];
  return sandboxInfo(name, paths, record, problems.length === 0 ? "running" : "broken", problems);
}

/**
 * A sandbox of which every process is alive, from its record alone, in a few milliseconds; null when there is none.
 * Whether its API server answers is left to whoever asks it next.
 */
export async function readLiveSandbox(name: string): Promise<SandboxInfo | null> {
  const paths = sandboxPaths(name);
  const record = await readRecord(paths.record);
  if (record?.phase !== "ready" || (await deadComponents(record.processes)).length > 0) return null;
  return sandboxInfo(name, paths, record, "running", []);
}

/** What is known of a sandbox, put together. */
export function sandboxInfo(
  name: string,
  paths: SandboxPaths,
  record: SandboxRecord | null,
  state: SandboxState,
  problems: readonly string[],
): SandboxInfo {
  const known = record?.kubernetesVersion ? record : null;
  return {
    name,
    state,
    kubeconfig: paths.kubeconfig,
    context: sandboxContextName(name),
    server: known === null ? null : apiServerUrl(known.ports),
    kubernetesVersion: known?.kubernetesVersion ?? null,
    nodes: state === "running" ? (known?.nodes ?? 0) : 0,
    problems,
    startedAt: known?.startedAt ?? null,
  };
}

/** Null when the API server says that it is ready. */
async function whyNoAnswer(paths: SandboxPaths, record: SandboxRecord): Promise<string | null> {
  try {
    const api = await openApi(paths, record.ports.apiServer);
    try {
      const { status } = await api.call("GET", "/readyz");
      return status === 200 ? null : `The API server says that it is not ready (HTTP ${status}).`;
    } finally {
      api.close();
    }
  } catch (error) {
    return `The API server does not answer: ${error instanceof Error ? error.message : String(error)}.`;
  }
}
