import { dirname, join, relative, resolve } from "node:path";
import { isMapping } from "../catalog/mapping.ts";
import { retiredWarning } from "../catalog/retired-places.ts";
import { likelySecrets } from "../config/likely-secrets.ts";
import { parseYaml } from "../config/parse-yaml.ts";
import { readStack } from "../config/read-stack.ts";
import type { RunContext } from "../model/context.ts";
import { type ConfigProblem, FlotillaError } from "../model/errors.ts";
import type { Stack } from "../model/stack.ts";
import { packageRoot } from "../runtime/directories.ts";
import { pathExists, pathType, readRegularText, readTextIfExists } from "../runtime/files.ts";
import { listFolder } from "../runtime/list-folder.ts";
import { packageVersion } from "../runtime/package-version.ts";
import { secrets } from "../runtime/redact.ts";
import { withoutSecrets } from "./without-secrets.ts";

/** Which stack file to read, and for what. */
export interface LoadStackOptions {
  /** Path of the stack file; null: `flotilla.yaml`, looked for from `cwd` upwards. */
  readonly file?: string | null;
  /** Null: the first one that the file declares. */
  readonly environment?: string | null;
  /** True: for the embedded cluster, with its profile. */
  readonly sandbox?: boolean;
  /** `RELEASE.path=value` each. */
  readonly set?: readonly string[];
  /**
   * Where Istio's charts are when the file does not say; null for Istio's own repository. A function is called only when
   * the file is sound and does not say.
   */
  readonly defaultIstioSource?: string | (() => Promise<string>) | null;
  /**
   * True: references to variables and secrets that are not set stay as they are written. For what needs no values, as
   * pinning charts.
   */
  readonly keepUnset?: boolean;
  /** True: read the file also when it requires another version of flotilla. */
  readonly anyVersion?: boolean;
  /** True: charts that are folders or archives need not be there. For what looks at releases alone, or removes them. */
  readonly withoutCharts?: boolean;
  /** Where to look from; the process's own working directory by default. */
  readonly cwd?: string;
}

/** Name of the stack file where none is given. */
const STACK_FILE = "flotilla.yaml";

/**
 * Reads and expands a stack file. Warnings are sent as notices.
 *
 * @throws FlotillaError `config-not-found`, ConfigError with every problem of the file, PreflightError when it was made
 * for another version of flotilla
 */
export const loadStack = withoutSecrets(load);

async function load(options: LoadStackOptions, context: RunContext): Promise<Stack> {
  const cwd = resolve(options.cwd ?? process.cwd());
  const file = await stackFilePath(options.file ?? null, cwd);
  const displayPath = (path: string): string => (isBelow(cwd, path) ? relative(cwd, path) : path);
  const givenSource = options.defaultIstioSource ?? null;
  const text = await readStackText(file, displayPath(file));
  const input = {
    file,
    text,
    environment: options.environment ?? null,
    sandbox: options.sandbox ?? false,
    set: options.set ?? [],
    defaultIstioSource: typeof givenSource === "string" ? givenSource : null,
    variables: process.env,
    keepUnset: options.keepUnset ?? false,
    readText: readRegularText,
    listFolder,
    pathType: options.withoutCharts ? null : pathType,
    profileText: (profile: string) => readTextIfExists(join(packageRoot(), "values", `${profile}.yaml`)),
    ownCharts: join(packageRoot(), "charts"),
    onSecret: (secret: string) => secrets.add(secret),
    displayPath,
    flotillaVersion: options.anyVersion ? null : packageVersion(),
  };
  const first = await readStack(input);
  const settle = typeof givenSource === "function" && leavesIstioSource(text) ? givenSource : null;
  const { stack, warnings } =
    settle === null ? first : await readStack({ ...input, defaultIstioSource: await settle() });
  for (const warning of warnings) {
    context.emit({ type: "notice", level: "warning", message: noticeText(warning), hint: warning.hint });
  }
  warnOfRetiredPlaces(stack, warnings, context);
  for (const secret of likelySecrets(stack)) secrets.add(secret);
  return stack;
}

/** Once for the whole stack; what the file names itself has been warned of, with its line. */
function warnOfRetiredPlaces(stack: Stack, warnings: readonly ConfigProblem[], context: RunContext): void {
  const warning = retiredWarning(stack.releases, warnings.map(({ message }) => message).join("\n"));
  if (warning !== null) context.emit({ type: "notice", level: "warning", ...warning });
}

/** Whether a sound stack file has `istio`, but does not say where its charts are. */
function leavesIstioSource(text: string): boolean {
  const root = parseYaml(STACK_FILE, text).source?.value;
  return isMapping(root) && isMapping(root["istio"]) && root["istio"]["source"] === undefined;
}

/** The nearest `flotilla.yaml` in `cwd` or a folder above it; null when there is none. */
export async function findStackFile(cwd: string): Promise<string | null> {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const file = join(folder, STACK_FILE);
    if (await pathExists(file)) return file;
    if (folder === dirname(folder)) return null;
  }
}

async function stackFilePath(file: string | null, cwd: string): Promise<string> {
  if (file !== null) return resolve(cwd, file);
  const found = await findStackFile(cwd);
  if (found !== null) return found;
  throw new FlotillaError("config-not-found", `There is no ${STACK_FILE} in ${cwd} or in a folder above it.`, {
    hint: "Write one with flotilla init, or name another file with -c FILE.",
  });
}

async function readStackText(file: string, shown: string): Promise<string> {
  let text: string | null;
  try {
    text = await readTextIfExists(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FlotillaError("config-not-found", `The stack file ${shown} cannot be read: ${reason}.`, {
      hint: "Name a readable file with -c FILE.",
      cause: error,
    });
  }
  if (text !== null) return text;
  throw new FlotillaError("config-not-found", `There is no stack file ${shown}.`, {
    hint: "Write one with flotilla init, or name another file with -c FILE.",
  });
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== "" && !way.startsWith("..") && resolve(folder, way) === path;
}

function noticeText({ file, line, message }: ConfigProblem): string {
  return line === null ? `${file}: ${message}` : `${file}:${line}: ${message}`;
}
