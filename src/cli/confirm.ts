import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { FlotillaError } from "../model/errors.ts";
import { abortError } from "../runtime/abort.ts";
import type { CommandContext } from "./run-command.ts";

/**
 * Asks before a change, unless `--yes` was given.
 * @throws FlotillaError `confirmation-required` where nobody can be asked, `interrupted` when the answer is no, Ctrl-C or Ctrl-D
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
  const asked = prompt.question(`${question} [y/N] `, { signal: context.signal });
  // Ctrl-C and Ctrl-D close the prompt; in Node 20 its question then stays open for ever.
  const closed = once(prompt, "close").then(() => "");
  // The one that loses the race may still fail.
  for (const each of [asked, closed]) each.catch(() => undefined);
  try {
    const answer = await Promise.race([asked, closed]);
    if (/^y(es)?$/i.test(answer.trim())) return;
  } catch (error) {
    if (context.signal.aborted) throw abortError(context.signal);
    // Newer Nodes reject the question of a prompt that was closed.
    if (!(error instanceof Error && error.name === "AbortError")) throw error;
  } finally {
    prompt.close();
  }
  throw new FlotillaError("interrupted", "Nothing was changed.");
}
