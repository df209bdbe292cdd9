import { createInterface } from "node:readline/promises";
import { FlotillaError } from "../model/errors.ts";
import type { CommandContext } from "./run-command.ts";

/**
 * Asks before a change, unless `--yes` was given.
 * @throws FlotillaError `confirmation-required` where nobody can be asked, `interrupted` when the answer is no
 */
export async function confirm(context: CommandContext, question: string): Promise<void> {
  if (context.options.yes) return;
  if (!context.interactive) {
    throw new FlotillaError("confirmation-required", "This changes the cluster, and there is no terminal to ask in.", {
      hint: "Look at it with `flotilla plan`, then give --yes.",
    });
  }
  context.reporter.stop();
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`${question} [y/N] `, { signal: context.signal });
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    prompt.close();
  }
  throw new FlotillaError("interrupted", "Nothing was changed.");
}
