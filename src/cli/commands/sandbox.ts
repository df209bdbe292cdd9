import * as operations from "../../operations/sandbox.ts";
import { sandboxDocument, sandboxText } from "../../report/sandbox-text.ts";
import { EXIT } from "../exit-codes.ts";
import type { CommandContext, CommandRun } from "../run-command.ts";

/** Flags of the `sandbox` commands. */
export interface SandboxFlags {
  readonly name?: string;
}

/** `flotilla sandbox up|down|status|reset`. */
export function sandboxCommand(action: "up" | "down" | "status" | "reset", flags: SandboxFlags): CommandRun {
  return async (context) => {
    const name = flags.name ?? operations.currentSandboxName();
    const isGone = action === "down" && (await operations.stopSandbox(name, context));
    const sandbox = await act(action, name, context);
    const text = isGone ? `Sandbox ${name} is down. Nothing of it is left.\n` : sandboxText(sandbox, context);
    await context.reporter.result(sandboxDocument(sandbox), text);
    return action === "status" && sandbox.state !== "running" ? EXIT.failed : EXIT.done;
  };
}

async function act(
  action: "up" | "down" | "status" | "reset",
  name: string,
  context: CommandContext,
): Promise<operations.SandboxInfo> {
  if (action === "up") return operations.startSandbox(name, context, { verify: true });
  if (action === "reset") await operations.resetSandbox(name, context);
  return operations.readSandbox(name);
}
