import { showInPager } from "../runtime/pager.ts";
import type { CommandContext } from "./run-command.ts";

/** Where a text goes and whether it may be paged. */
export interface PagerOptions {
  /** False after `--no-pager`. */
  readonly pager: boolean;
  /** The one that the text is written to when it is not paged. */
  readonly stream: NodeJS.WriteStream;
}

/**
 * Shows a text in the user's pager when it is longer than the terminal, as git does: `FLOTILLA_PAGER`, else `PAGER`, else
 * less; empty or `cat` means none.
 * @returns false when it was not shown: there is no terminal, it is short, or there is no pager
 */
export async function page(context: CommandContext, text: string, { pager, stream }: PagerOptions): Promise<boolean> {
  if (!pager || !stream.isTTY || !context.interactive || context.options.output !== "text") return false;
  if (text.split("\n").length < stream.rows) return false;
  const command = process.env["FLOTILLA_PAGER"] ?? process.env["PAGER"] ?? "less";
  if (command.trim() === "" || command.trim() === "cat") return false;
  context.reporter.stop();
  return showInPager(command, text);
}
