import { isMapping } from "../catalog/mapping.ts";
import type { JsonValue } from "../model/json.ts";
import { type Path, pathKey } from "./yaml-source.ts";

/** The value at a path; undefined when there is none. */
export function valueAt(tree: JsonValue, path: Path): JsonValue | undefined {
  let value: JsonValue | undefined = tree;
  for (const step of path) {
    if (typeof step === "number") value = isList(value) ? value[step] : undefined;
    else value = isMapping(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }
  return value;
}

/**
 * The items of a list as the file has it, also when some of them do not fit the schema: the others are to be looked at all
 * the same. None when there is no list.
 */
export function itemsAt(tree: JsonValue, path: Path): readonly PlacedItem[] {
  const list = valueAt(tree, path);
  return isList(list) ? list.map((value, index) => ({ value, path: [...path, index] })) : [];
}

/** An item of a list, and where it stands. */
export interface PlacedItem {
  readonly value: JsonValue;
  readonly path: Path;
}

/** The tree without what lies at the paths (as `pathKey` writes them). An item of a list leaves a null behind. */
export function withoutPaths(tree: JsonValue, paths: ReadonlySet<string>, at: Path = []): JsonValue {
  if (paths.has(pathKey(at))) return null;
  if (isList(tree)) return tree.map((item, index) => withoutPaths(item, paths, [...at, index]));
  if (!isMapping(tree)) return tree;
  const kept = Object.entries(tree).filter(([key]) => !paths.has(pathKey([...at, key])));
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutPaths(value ?? null, paths, [...at, key])]));
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
