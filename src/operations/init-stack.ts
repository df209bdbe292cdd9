import { dirname, join, relative, resolve } from "node:path";
import type { Answers, Question, Surroundings } from "../init/answers.ts";
import type { StackChoices } from "../init/choices.ts";
import { isExample } from "../init/example.ts";
import { readFlags } from "../init/flags.ts";
import type { InitFlags } from "../init/init-flags.ts";
import { choicesOf, nextQuestion } from "../init/questions.ts";
import { stackText } from "../init/stack-text.ts";
import { throwIfAborted } from "../runtime/abort.ts";
import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import { packageRoot } from "../runtime/directories.ts";
import { isFolder, pathExists, writeFileAtomic } from "../runtime/files.ts";
import { checkNewStack } from "./check-new-stack.ts";
import { copyExample, type ExampleCopy } from "./copy-example.ts";
import { isChart, readSurroundings } from "./init-surroundings.ts";
import { withoutSecrets } from "./without-secrets.ts";

export type { Question } from "../init/answers.ts";
export type { InitFlags } from "../init/init-flags.ts";

/** Where a new stack file goes, and what it says. */
export interface InitOptions {
  /** Null: `flotilla.yaml` in `cwd`. */
  readonly file?: string | null;
  /** The process's own working directory by default. Paths in `flags` start here. */
  readonly cwd?: string;
  /** True: a file that is there is overwritten. */
  readonly force?: boolean;
  /** What is said beforehand. */
  readonly flags: InitFlags;
  /** Asks a person what has not been said; null: whatever has not been said takes its default. */
  readonly ask?: ((question: Question, fault: string | null) => Promise<string>) | null;
  /** Whose contexts are offered; null for `KUBECONFIG` or the default. */
  readonly kubeconfig?: string | null;
}

/** What was written. */
export interface InitResult {
  readonly stack: string;
  /** Absolute path of the stack file. */
  readonly file: string;
  /** Absolute path of the folder that the example's chart was copied to; null when nothing was copied. */
  readonly exampleChart: string | null;
}

/**
 * Writes a stack file with comments, made of flags, answers and defaults. Nothing is written before everything is known,
 * and then whole or not at all.
 * @throws FlotillaError `usage` for flags that cannot be meant, `file-exists`, `interrupted`; what `ask` throws
 */
export const initStack = withoutSecrets(init);

async function init(options: InitOptions, { signal }: RunContext): Promise<InitResult> {
  const cwd = resolve(options.cwd ?? process.cwd());
  const file = resolve(cwd, options.file ?? "flotilla.yaml");
  const force = options.force ?? false;
  const ask = options.ask ?? null;
  await refuseExisting(file, force);
  const around = await readSurroundings(cwd, options.kubeconfig ?? null, ask !== null);
  const read = readFlags(options.flags);
  const wrong = "fault" in read ? read.fault : await chartFault(read.value, cwd);
  if ("fault" in read || wrong !== null) throw usage(wrong ?? "");
  const choices = choicesOf(await answered(read.value, around, cwd, ask, signal));
  const text = stackText(seenFrom(choices, cwd, dirname(file)), schemaPath(dirname(file)));
  await checkNewStack(file, text);
  throwIfAborted(signal);
  await refuseExisting(file, force);
  const copy = choices.app !== null && isExample(choices.app.chart) ? await copyExample(dirname(file)) : null;
  await writeBeside(copy, () => writeFileAtomic(file, text));
  return { stack: choices.stack, file, exampleChart: copy?.folder ?? null };
}

/** What was copied for a file that then cannot be written goes again. */
async function writeBeside(copy: ExampleCopy | null, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    await copy?.undo();
    throw usage(`the stack file cannot be written: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

/** Asks until nothing is left to ask. */
async function answered(
  given: Answers,
  around: Surroundings,
  cwd: string,
  ask: NonNullable<InitOptions["ask"]> | null,
  signal: AbortSignal,
): Promise<Answers> {
  let answers = given;
  let fault: string | null = null;
  for (let question = nextQuestion(answers, around); question !== null; question = nextQuestion(answers, around)) {
    throwIfAborted(signal);
    const taken: Answers | string = question.take(ask === null ? "" : (await ask(question, fault)).trim());
    fault = typeof taken === "string" ? taken : await chartFault(taken, cwd);
    // A default that does not do would be asked for without end.
    if (fault !== null && ask === null) throw usage(fault);
    if (fault === null && typeof taken !== "string") answers = taken;
  }
  return answers;
}

/** A chart on this machine has to be there. */
async function chartFault({ app }: Answers, cwd: string): Promise<string | null> {
  if (typeof app !== "string" || app.startsWith("oci://")) return null;
  const path = resolve(cwd, app);
  if (/\.(tgz|tar\.gz)$/.test(app)) return (await pathExists(path)) ? null : `there is no archive ${app}`;
  return (await isChart(path)) ? null : `there is no chart in ${app}: it has no Chart.yaml`;
}

/** Paths of charts as the stack file has to name them. */
function seenFrom(choices: StackChoices, cwd: string, folder: string): StackChoices {
  const { app } = choices;
  if (app === null || typeof app.chart !== "string" || app.chart.startsWith("oci://")) return choices;
  if (app.chart.startsWith("/")) return choices;
  const way = relative(folder, resolve(cwd, app.chart));
  const chart = way.startsWith("..") ? way : way === "" ? "." : `./${way}`;
  return { ...choices, app: { ...app, chart } };
}

/** The schema as an editor finds it, from where the file lies: a full path would be this machine's alone, and be committed. */
function schemaPath(folder: string): string {
  return relative(folder, join(packageRoot(), "assets", "flotilla.schema.json"));
}

async function refuseExisting(file: string, force: boolean): Promise<void> {
  if (await isFolder(file)) throw usage(`${file} is a folder; name a file in it`);
  if (force || !(await pathExists(file))) return;
  throw new FlotillaError("file-exists", `There is a file ${file} already; it is left as it is.`, {
    hint: "Give --force to overwrite it, or name another file with -c FILE.",
  });
}

function usage(message: string, cause?: unknown): FlotillaError {
  const ended = /[.?!]$/.test(message) ? message : `${message}.`;
  return new FlotillaError("usage", `${ended.charAt(0).toUpperCase()}${ended.slice(1)}`, {
    hint: "flotilla init --help names the flags.",
    cause,
  });
}
