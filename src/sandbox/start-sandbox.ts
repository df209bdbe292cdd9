import type { RunContext } from "../model/context.ts";
import { readLiveSandbox, readSandbox } from "./read-sandbox.ts";
import type { SandboxInfo } from "./sandbox-info.ts";

/** How carefully a sandbox that seems to be up is looked at. */
export interface StartOptions {
  /** Ask the API server too, not only whether every process is alive; false by default, which takes a few ms. */
  readonly verify?: boolean;
}

/**
 * Makes sure that a sandbox is up: finds it so, restarts it with its data, or makes it (anew). Several at once make one.
 * What was put right, and how, is told as a notice.
 * @throws FlotillaError `sandbox-failed`; `tool-missing` or `tool-failed` when its programs cannot be had; `usage` for
 *   a name that cannot be one; `interrupted` (or the signal's reason) on abort
 */
export async function startSandbox(
  name: string,
  context: RunContext,
  options: StartOptions = {},
): Promise<SandboxInfo> {
  const look = async (): Promise<SandboxInfo> => {
    const live = await readLiveSandbox(name);
    return live === null || options.verify === true ? readSandbox(name) : live;
  };
  const found = await look();
  if (found.state === "running") return found;
  // Loaded late: every `--sandbox` command comes by here, and nearly always finds the sandbox up.
  const { bringUp } = await import("./bring-up.ts");
  return bringUp(name, context, look);
}
