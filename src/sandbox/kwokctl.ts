import { FlotillaError } from "../model/errors.ts";
import { sandboxCommand } from "../model/sandbox-command.ts";
import { runProcess } from "../runtime/process.ts";
import { KWOK_CLUSTER, type SandboxPaths } from "./sandbox-paths.ts";

/**
 * Has kwokctl write down the cluster's certificates and arguments and start its processes. Each runs in a session of its
 * own and so outlives kwokctl and us. Certificates and data that are there already are used again.
 * @throws FlotillaError `sandbox-failed` when kwokctl gives up, `interrupted` or the signal's reason on abort
 */
export async function createCluster(kwokctl: string, paths: SandboxPaths, signal: AbortSignal): Promise<void> {
  const args = ["create", "cluster", "--name", KWOK_CLUSTER, "--config", paths.configuration, "--kubeconfig", ""];
  const result = await runProcess(kwokctl, args, {
    cwd: paths.directory,
    env: { KWOK_WORKDIR: paths.kwok, KUBECONFIG: undefined },
    signal,
    graceMs: 1000,
  });
  if (result.exitCode === 0) return;
  throw new FlotillaError("sandbox-failed", `kwokctl could not start the sandbox: ${lastMessage(result.stderr)}`, {
    hint: `Run \`${sandboxCommand("down", paths.name)}\`, then \`${sandboxCommand("up", paths.name)}\`.`,
  });
}

/** kwokctl logs JSON lines; the last one says why it ended. */
function lastMessage(stderr: string): string {
  const line = stderr.trim().split("\n").at(-1) ?? "";
  try {
    const entry: unknown = JSON.parse(line);
    if (typeof entry !== "object" || entry === null) return line;
    const { msg, err } = entry as Record<string, unknown>;
    return [msg, err].filter((part) => typeof part === "string").join(": ");
  } catch {
    return line;
  }
}
