import { isMap, isScalar, parseDocument, type Node, type Pair, type YAMLMap } from "yaml";

import type { ConfigProblem } from "../model/errors.ts";
import type { LockEntry } from "../model/lock.ts";
import { LOCK_VERSION, type Lock } from "./lock.ts";
import { lockError, lockProblem } from "./lock-problem.ts";

/** Collects what is wrong while it reads. */
interface Reader {
  readonly file: string;
  readonly text: string;
  readonly problems: ConfigProblem[];
}

function complain(reader: Reader, node: Node | null, message: string, hint?: string): void {
  reader.problems.push(lockProblem(reader.file, reader.text, node?.range?.[0] ?? null, message, hint));
}

/** Keys of a mapping, each with its pair; keys that are not known are complained of. */
function readPairs(reader: Reader, map: YAMLMap, known: readonly string[] | null): ReadonlyMap<string, Pair> {
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
function readText(
  reader: Reader,
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

const ENTRY_KEYS = ["chart", "version", "appVersion", "source", "digest", "range"];

function readEntry(reader: Reader, release: string, value: unknown, at: Node | null): LockEntry | null {
  if (!isMap(value)) {
    complain(reader, at, `"${release}" must hold the keys of a pinned chart`);
    return null;
  }
  const pairs = readPairs(reader, value, ENTRY_KEYS);
  const name = readText(reader, value, pairs, "chart", true);
  const version = readText(reader, value, pairs, "version", true);
  const source = readText(reader, value, pairs, "source", true);
  const digest = readText(reader, value, pairs, "digest", true);
  const appVersion = readText(reader, value, pairs, "appVersion", false);
  const range = readText(reader, value, pairs, "range", false);
  if (digest !== null && !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    complain(reader, value, `"digest" of ${release} must be sha256: and 64 hex digits`);
    return null;
  }
  if (name === null || version === null || source === null || digest === null) {
    return null;
  }
  return { release, range, pin: { name, version, appVersion, source, digest } };
}

function readEntries(reader: Reader, releases: unknown, at: Node): readonly LockEntry[] {
  if (!isMap(releases)) {
    if (!isScalar(releases) || releases.value !== null) {
      complain(reader, at, '"releases" must hold one entry per release');
    }
    return [];
  }
  const pairs = readPairs(reader, releases, null);
  const entries = [...pairs].map(([release, pair]) =>
    readEntry(reader, release, pair.value, isScalar(pair.key) ? pair.key : null),
  );
  return entries.filter((entry) => entry !== null);
}

function readVersion(reader: Reader, map: YAMLMap): void {
  const node = map.get("version", true);
  const version = isScalar(node) ? node.value : undefined;
  if (version !== LOCK_VERSION) {
    const newer = typeof version === "number" && version > LOCK_VERSION;
    complain(
      reader,
      isScalar(node) ? node : map,
      newer
        ? `it has version ${version}, and this flotilla reads version ${LOCK_VERSION}`
        : `"version" must be ${LOCK_VERSION}`,
      newer ? "Use the flotilla that wrote it, or a newer one." : undefined,
    );
  }
}

/** A merge that was never resolved is the likeliest way for a lock to break. */
function conflictProblem(file: string, text: string): ConfigProblem | null {
  const marker = /^<{7} /m.exec(text);
  return marker === null
    ? null
    : lockProblem(
        file,
        text,
        marker.index,
        "it holds an unresolved merge conflict",
        "Resolve it, or take either side and run `flotilla lock`.",
      );
}

/**
 * Reads the text of a flotilla.lock.
 * @param file - as the user would name it, for errors
 * @throws ConfigError with every problem, each with its line
 */
export function parseLock(text: string, file: string): Lock {
  const conflict = conflictProblem(file, text);
  if (conflict !== null) {
    throw lockError([conflict]);
  }
  const document = parseDocument(text, { logLevel: "error", prettyErrors: false });
  if (document.errors.length > 0) {
    throw lockError(
      document.errors.map((error) => lockProblem(file, text, error.pos[0], `it is not valid YAML: ${error.message}`)),
    );
  }
  const root = document.contents;
  if (!isMap(root)) {
    throw lockError([lockProblem(file, text, null, "it is not a lock file")]);
  }
  const reader: Reader = { file, text, problems: [] };
  readVersion(reader, root);
  // A lock of another version may look different in every way: one clear sentence is all there is to say.
  const pairs =
    reader.problems.length > 0 ? new Map<string, Pair>() : readPairs(reader, root, ["version", "stack", "releases"]);
  if (reader.problems.length > 0) {
    throw lockError(reader.problems);
  }
  const stack = readText(reader, root, pairs, "stack", true);
  const entries = readEntries(reader, root.get("releases", true) ?? null, root);
  if (stack === null || reader.problems.length > 0) {
    throw lockError(reader.problems);
  }
  return { stack, entries };
}
