import type { PlanTextOptions } from "../../report/plan-text.ts";
import type { CommandContext } from "../run-command.ts";

/** How a plan is shown on a stream: as wide as the terminal, with details when they were asked for. */
export function planTextOptions({ color, options }: CommandContext, stream: NodeJS.WriteStream): PlanTextOptions {
  return { color, verbose: options.verbose ?? false, columns: stream.isTTY ? stream.columns : null };
}
