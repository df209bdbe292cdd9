import type { ConfigProblem } from "../model/errors.ts";
import type { JsonObject, JsonValue } from "../model/json.ts";
import { didYouMeanOneOf } from "../model/near-name.ts";
import { nestedValue } from "./merge-values.ts";
import type { References } from "./references.ts";

/** Values from `--set`, per release, each a layer of its own. */
export interface SetValues {
  readonly layers: ReadonlyMap<string, readonly JsonObject[]>;
  readonly problems: readonly ConfigProblem[];
}

/**
 * Reads `RELEASE.path=value`. Dots part keys (`\.` stands for a dot in a key); `true`, `false`, `null` and whole
 * numbers are taken as such, `{a,b}` as a list, all else as text, as under `helm --set`. A comma parts nothing.
 * References are resolved as in the stack file; what they stand for is text.
 */
export function readSetValues(
  assignments: readonly string[],
  releases: readonly string[],
  references: References,
): Promise<SetValues> {
  return references.settle(() => {
    const layers = new Map<string, JsonObject[]>();
    const problems: ConfigProblem[] = [];
    for (const assignment of assignments) {
      const read = readAssignment(assignment, releases, references);
      if ("layer" in read) layers.set(read.release, [...(layers.get(read.release) ?? []), read.layer]);
      else problems.push(...read.map((fault) => ({ ...NOWHERE, ...fault })));
    }
    return { layers, problems };
  });
}

const NOWHERE = { severity: "error", file: "--set", line: null, column: null, frame: null } as const;

type Assignment = { readonly release: string; readonly layer: JsonObject };
type Fault = { readonly message: string; readonly hint: string };

const FORM = "write --set RELEASE.path=value";

/** Messages name the path only: the value may be a secret. */
function readAssignment(
  assignment: string,
  releases: readonly string[],
  references: References,
): Assignment | readonly Fault[] {
  const equals = assignment.indexOf("=");
  if (equals < 0) return [{ message: "an assignment without =", hint: FORM }];
  const path = assignment.slice(0, equals);
  const [release = "", ...keys] = splitPath(path);
  if (keys.length === 0 || keys.includes("")) return [{ message: `"${path}" is no RELEASE.path`, hint: FORM }];
  if (keys.some((key) => /\[\d*\]/.test(key))) {
    return [{ message: `"${path}": single items of a list cannot be set`, hint: "set the whole list: {a,b}" }];
  }
  if (!releases.includes(release)) {
    const message = `"${path}": there is no release "${release}"`;
    return [{ message, hint: didYouMeanOneOf(release, "releases", releases) }];
  }
  const faults: Fault[] = [];
  const value = readValue(assignment.slice(equals + 1), (text) => {
    const found = references.resolve(text);
    faults.push(...found.faults.map(({ message, hint }) => ({ message: `"${path}": ${message}`, hint })));
    return found.resolved ? found.text : readScalar(found.text);
  });
  return faults.length > 0 ? faults : { release, layer: nestedValue(keys, value) };
}

function splitPath(path: string): string[] {
  return path.split(/(?<!\\)\./).map((key) => key.replaceAll("\\.", "."));
}

function readValue(text: string, read: (scalar: string) => JsonValue): JsonValue {
  if (!text.startsWith("{") || !text.endsWith("}")) return read(text);
  // A comma within a reference belongs to it.
  const items = text.slice(1, -1).match(/(?:\$\{[^}]*\}|[^,])+|(?<=,|^)(?=,|$)/g);
  return text === "{}" ? [] : (items ?? []).map(read);
}

function readScalar(text: string): JsonValue {
  if (text === "true" || text === "false") return text === "true";
  if (text === "null") return null;
  const isNumber = /^(0|-?[1-9]\d*)$/.test(text) && Number.isSafeInteger(Number(text));
  return isNumber ? Number(text) : text;
}
