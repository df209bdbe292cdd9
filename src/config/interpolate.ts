import { isMapping } from "../catalog/mapping.ts";
import type { ConfigProblem } from "../model/errors.ts";
import type { JsonObject, JsonValue } from "../model/json.ts";
import type { Path, YamlSource } from "./yaml-source.ts";

/** Variables as a process has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Values with their references resolved. */
export interface Interpolated {
  readonly value: JsonValue;
  readonly problems: readonly ConfigProblem[];
}

const REFERENCE = /\$\$\{|\$\{(?:env|secret):[^}]*\}?/g;
const VARIABLE = /^\$\{env:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}$/;

/**
 * Resolves `${env:NAME}` and `${env:NAME:-default}` (the default also stands in for an empty variable, as in a shell)
 * and turns `$${` into `${`. Results are text. Any other `${…}` is left alone. What lies at paths for which `skip` is
 * true is not looked at.
 */
export function interpolate(source: YamlSource, variables: Variables, skip: (path: Path) => boolean): Interpolated {
  const problems: ConfigProblem[] = [];
  const visit = (value: JsonValue, path: Path): JsonValue => {
    if (typeof value === "string") return resolveText(value, path, { source, variables, problems });
    if (skip(path)) return value;
    if (Array.isArray(value)) return value.map((item: JsonValue, index) => visit(item, [...path, index]));
    return isMapping(value) ? mapValues(value, (below, key) => visit(below, [...path, key])) : value;
  };
  return { value: visit(source.value, []), problems };
}

interface Resolution {
  readonly source: YamlSource;
  readonly variables: Variables;
  readonly problems: ConfigProblem[];
}

function resolveText(text: string, path: Path, { source, variables, problems }: Resolution): string {
  return text.replace(REFERENCE, (reference) => {
    if (reference === "$${") return "${";
    const [, name, fallback] = VARIABLE.exec(reference) ?? [];
    const set = name === undefined ? undefined : variables[name];
    if (set !== undefined && (set !== "" || fallback === undefined)) return set;
    if (fallback !== undefined) return fallback;
    problems.push(source.problemWithin(path, reference, faultOf(reference, name)));
    return reference;
  });
}

function faultOf(reference: string, name: string | undefined): { message: string; hint: string } {
  if (name !== undefined) {
    return {
      message: `the variable ${name} is not set`,
      hint: `set it, give it a default as in \${env:${name}:-…}, or write $\${env:${name}} to keep the text as it is`,
    };
  }
  if (reference.startsWith("${secret:")) {
    return { message: `${reference} is not supported yet`, hint: "write $${secret:… to keep the text as it is" };
  }
  return {
    message: `${reference} is no reference to a variable`,
    hint: "write ${env:NAME} or ${env:NAME:-default}, or $${env:… to keep the text as it is",
  };
}

function mapValues(mapping: JsonObject, map: (value: JsonValue, key: string) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(mapping).map(([key, value]) => [key, map(value ?? null, key)]));
}
