import { relative } from "node:path";
import { FlotillaError } from "../../model/errors.ts";
import { type InitFlags, type InitOptions, initStack, type Question } from "../../operations/init-stack.ts";
import { initDocument, initText, type InitTextOptions, questionText } from "../../report/init-text.ts";
import { abortError } from "../../runtime/abort.ts";
import { EXIT } from "../exit-codes.ts";
import { openPrompt } from "../prompt.ts";
import type { CommandContext, CommandRun } from "../run-command.ts";

/** Flags of `init`, beside the global ones that it takes. */
export interface InitCommandFlags extends Omit<InitFlags, "environment" | "context"> {
  readonly force?: boolean;
}

/** `flotilla init`: writes a stack file. Asks in a terminal, unless `--yes` says that defaults will do. */
export function initCommand(flags: InitCommandFlags): CommandRun {
  return async (context) => {
    const { config, environment, context: named, kubeconfig, yes = false } = context.options;
    const options: InitOptions = {
      file: config ?? null,
      force: flags.force ?? false,
      kubeconfig: kubeconfig ?? null,
      flags: {
        ...flags,
        ...(environment === undefined ? {} : { environment }),
        ...(named === undefined ? {} : { context: named }),
      },
    };
    const result = context.interactive && !yes ? await asking(context, options) : await initStack(options, context);
    await context.reporter.result(initDocument(result), initText(result, after(context)));
    return EXIT.done;
  };
}

/** Paths as seen from where the user is, and how the commands that come next have to be called. */
function after({ options, color }: CommandContext): InitTextOptions {
  const { config, sandbox = false } = options;
  const flags = [...(config === undefined ? [] : ["-c", config]), ...(sandbox ? ["--sandbox"] : [])];
  const displayPath = (path: string): string => {
    const way = relative(process.cwd(), path);
    return way.startsWith("..") ? path : way;
  };
  return { displayPath, flags, color };
}

async function asking(context: CommandContext, options: InitOptions): ReturnType<typeof initStack> {
  context.reporter.stop();
  const prompt = openPrompt(context.signal);
  let begun = false;
  const ask = async (question: Question, fault: string | null): Promise<string> => {
    const answer = await prompt.ask(questionText(question, fault, { first: !begun, color: context.color }));
    begun = true;
    if (answer !== null) return answer;
    const reason = context.signal.aborted ? abortError(context.signal) : null;
    if (reason !== null && reason.code !== "interrupted") throw reason;
    throw new FlotillaError("interrupted", "Nothing was written.");
  };
  try {
    return await initStack({ ...options, ask }, context);
  } finally {
    prompt.close();
  }
}
