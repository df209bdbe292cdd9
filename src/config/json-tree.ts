import { isMapping } from "../catalog/mapping.ts";
import type { JsonValue } from "../model/json.ts";
import type { Path } from "./yaml-source.ts";

/** The value at a path; undefined when there is none. */
export function valueAt(tree: JsonValue, path: Path): JsonValue | undefined {
  let value: JsonValue | undefined = tree;
  for (const step of path) {
    if (typeof step === "number") value = isList(value) ? value[step] : undefined;
    else value = isMapping(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }
  return value;
}

/** The tree with another value at a path; undefined leaves out a key, and empties an item of a list to null. */
export function replaceAt(tree: JsonValue, path: Path, replacement: JsonValue | undefined): JsonValue {
  const [step, ...rest] = path;
  if (step === undefined) return replacement ?? null;
  if (isList(tree)) return tree.map((item, index) => (index === step ? replaceAt(item, rest, replacement) : item));
  if (!isMapping(tree)) return tree;
  const entries = new Map(Object.entries(tree));
  if (rest.length === 0 && replacement === undefined) entries.delete(String(step));
  else entries.set(String(step), replaceAt(entries.get(String(step)) ?? null, rest, replacement));
  return Object.fromEntries(entries);
}

/** True for JSON lists. `Array.isArray` alone does not narrow read-only ones. */
export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** What a value is, in a message. */
export function kindOf(value: JsonValue | undefined): string {
  if (value === null || value === undefined) return "empty";
  if (isList(value)) return "a list";
  if (isMapping(value)) return "a mapping";
  return typeof value === "string" ? "text" : JSON.stringify(value);
}
