import { FlotillaError } from "../model/errors.ts";
import { abortError } from "../runtime/abort.ts";
import { openPrompt } from "./prompt.ts";
import type { CommandContext } from "./run-command.ts";

/**
 * Asks before a change, unless `--yes` was given.
 * @param showDetails what the answer `d` shows, before it is asked again
 * @throws FlotillaError `confirmation-required` where nobody can be asked, `interrupted` when the answer is no, Ctrl-C or Ctrl-D
 */
export async function confirm(
  context: CommandContext,
  question: string,
  showDetails?: () => Promise<void>,
): Promise<void> {
  if (context.options.yes) return;
  if (!context.interactive) {
    throw new FlotillaError("confirmation-required", "This changes the cluster, and there is no terminal to ask in.", {
      // Only what `up` does can be looked at by a command of its own.
      hint: showDetails ? "Look at it with `flotilla plan`, then give --yes." : "Give --yes when it is meant.",
    });
  }
  context.reporter.stop();
  for (;;) {
    // Details may go to a pager, which has the terminal for itself.
    const prompt = openPrompt(context.signal);
    const answer = (await prompt.ask(`${question} [y/N${showDetails ? ", d for details" : ""}] `))?.trim() ?? "";
    prompt.close();
    if (context.signal.aborted) throw abortError(context.signal);
    if (/^y(es)?$/i.test(answer)) return;
    if (!showDetails || !/^d(etails)?$/i.test(answer)) break;
    await showDetails();
  }
  throw new FlotillaError("interrupted", "Nothing was changed.");
}
