import { isMap, isScalar, type Node, type Pair, type YAMLMap } from "yaml";

import type { ConfigProblem } from "../model/errors.ts";
import { lockProblem } from "./lock-problem.ts";

/** Collects what is wrong with a lock file while it is read. */
export interface LockReader {
  /** As the user would name it. */
  readonly file: string;
  /** All of it. */
  readonly text: string;
  /** In the order in which they were found. */
  readonly problems: ConfigProblem[];
}

/** Notes a problem; null stands for the file as a whole. */
export function complain(reader: LockReader, node: Node | null, message: string, hint?: string): void {
  reader.problems.push(lockProblem(reader.file, reader.text, node?.range?.[0] ?? null, message, hint));
}

/** Keys of a mapping, each with its pair; keys that are not known are complained of. */
export function readPairs(
  reader: LockReader,
  map: YAMLMap,
  known: readonly string[] | null,
): ReadonlyMap<string, Pair> {
  const pairs = new Map<string, Pair>();
  for (const pair of map.items) {
    const key = isScalar(pair.key) ? String(pair.key.value) : "";
    if (known !== null && !known.includes(key)) {
      complain(
        reader,
        isScalar(pair.key) ? pair.key : map,
        `"${key}" is not a key of a lock file`,
        "A newer flotilla may have written it: use that one.",
      );
    }
    pairs.set(key, pair);
  }
  return pairs;
}

/** A key's text, null when it is left out or null; `required` ones are complained of. */
export function readText(
  reader: LockReader,
  map: YAMLMap,
  pairs: ReadonlyMap<string, Pair>,
  key: string,
  required: boolean,
): string | null {
  const value = pairs.get(key)?.value ?? null;
  if (isScalar(value) && typeof value.value === "string" && value.value !== "") {
    return value.value;
  }
  const absent = value === null || (isScalar(value) && value.value === null);
  if (!absent) {
    complain(reader, isScalar(value) || isMap(value) ? value : map, `"${key}" must be a text`);
  } else if (required) {
    complain(reader, map, `"${key}" is missing`);
  }
  return null;
}
