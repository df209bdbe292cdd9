import { readTextIfExists, writeFileAtomic } from "../runtime/files.ts";
import { FlotillaError } from "../model/errors.ts";
import { sandboxCommand } from "../model/sandbox-command.ts";
import { isPassing } from "./baseline-difference.ts";
import { type EtcdEntry, readRegistry } from "./etcd-client.ts";
import type { SandboxPaths } from "./sandbox-paths.ts";

/** Writes down what a new cluster consists of, so that a reset can go back to it. The file holds a key: owner only. */
export async function writeBaseline(path: string, etcdPort: number, signal: AbortSignal): Promise<void> {
  const entries = (await readRegistry(etcdPort, false, signal)).filter((entry) => !isPassing(entry.key));
  await writeFileAtomic(path, JSON.stringify(entries), 0o600);
}

/** Throws FlotillaError `sandbox-failed` when there is none. */
export async function readBaseline({ name, baseline }: SandboxPaths): Promise<readonly EtcdEntry[]> {
  const text = await readTextIfExists(baseline);
  if (text === null) {
    throw new FlotillaError("sandbox-failed", `The sandbox has no ${baseline}, which a reset goes back to.`, {
      hint: `Run \`${sandboxCommand("down", name)}\`, then \`${sandboxCommand("up", name)}\`.`,
    });
  }
  return JSON.parse(text) as readonly EtcdEntry[];
}
