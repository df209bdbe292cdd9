import { ConfigError, type ConfigProblem } from "../../src/model/errors.ts";
import { type ReadStack, readStack } from "../../src/config/read-stack.ts";
import type { FolderEntry, StackInput } from "../../src/config/stack-input.ts";

/** What a test says about a stack file; all else is as in a plain run. */
export interface Reading extends Partial<
  Pick<
    StackInput,
    "environment" | "sandbox" | "set" | "defaultIstioSource" | "variables" | "keepUnset" | "flotillaVersion"
  >
> {
  /** Files beside the stack file, by their name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Charts in folders and archives that are not there. */
  readonly missing?: readonly string[];
  /** Profiles by name. */
  readonly profiles?: Readonly<Record<string, string>>;
  /** Collects the secrets that the files refer to. */
  readonly secrets?: string[];
}

/** Reads a stack file that is said to stand at /stack/flotilla.yaml. */
export function read(text: string, reading: Reading = {}): Promise<ReadStack> {
  return readStack({
    file: "/stack/flotilla.yaml",
    text,
    environment: reading.environment ?? null,
    sandbox: reading.sandbox ?? false,
    set: reading.set ?? [],
    defaultIstioSource: reading.defaultIstioSource ?? null,
    variables: reading.variables ?? {},
    keepUnset: reading.keepUnset ?? false,
    readText: (path) => Promise.resolve(reading.files?.[path.replace("/stack/", "")] ?? null),
    listFolder: (path) => Promise.resolve(listed(Object.keys(reading.files ?? {}), path.replace(/^\/stack\/?/, ""))),
    pathType: (path) => Promise.resolve(chartType(path, reading)),
    profileText: (profile) => Promise.resolve(reading.profiles?.[profile] ?? null),
    ownCharts: "/flotilla/charts",
    onSecret: (secret) => void reading.secrets?.push(secret),
    displayPath: (path) => path.replace("/stack/", ""),
    flotillaVersion: reading.flotillaVersion ?? null,
  });
}

/** Charts are there, unless they are said to be missing. */
function chartType(path: string, { files = {}, missing = [] }: Reading): "file" | "folder" | null {
  const name = path.replace("/stack/", "");
  if (missing.includes(name)) return null;
  return Object.hasOwn(files, name) || /\.(tgz|tar\.gz)$/.test(name) ? "file" : "folder";
}

/** What a folder holds when these are all the files there are. */
function listed(files: readonly string[], folder: string): readonly FolderEntry[] | null {
  const start = folder === "" ? "" : `${folder}/`;
  const below = files.filter((file) => file.startsWith(start)).map((file) => file.slice(start.length).split("/"));
  if (below.length === 0 && start !== "") return null;
  const types = new Map(below.map(([name = "", ...rest]) => [name, rest.length === 0 ? "file" : "folder"] as const));
  return [...types].map(([name, type]) => ({ name, type }));
}

/** The problems of a file; fails when it is read without errors. */
export async function problemsOf(text: string, reading: Reading = {}): Promise<readonly ConfigProblem[]> {
  try {
    await read(text, reading);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error("the file was read without errors");
}

/** A problem on one line: place, message, hint. Errors are not marked as such. */
export function inOneLine({ severity, file, line, column, message, hint }: ConfigProblem): string {
  const place = line === null ? file : `${file}:${line}:${column}`;
  return `${severity === "warning" ? "warning " : ""}${place} ${message}${hint === null ? "" : ` | ${hint}`}`;
}
