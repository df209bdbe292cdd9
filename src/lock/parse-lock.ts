import { isMap, isScalar, parseDocument, type Pair, type YAMLMap } from "yaml";

import type { ConfigProblem } from "../model/errors.ts";
import { LOCK_VERSION, type Lock } from "./lock.ts";
import { lockError, lockProblem } from "./lock-problem.ts";
import { complain, readPairs, readText, type LockReader } from "./lock-reader.ts";
import { readImages, readReleases } from "./parse-entries.ts";

const ROOT_KEYS = ["version", "stack", "releases", "images"];

function readVersion(reader: LockReader, map: YAMLMap): void {
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
    throw lockError(file, [conflict]);
  }
  const document = parseDocument(text, { logLevel: "error", prettyErrors: false });
  if (document.errors.length > 0) {
    throw lockError(
      file,
      document.errors.map((error) => lockProblem(file, text, error.pos[0], `it is not valid YAML: ${error.message}`)),
    );
  }
  const root = document.contents;
  if (!isMap(root)) {
    throw lockError(file, [lockProblem(file, text, null, "it is not a lock file")]);
  }
  const reader: LockReader = { file, text, problems: [] };
  readVersion(reader, root);
  // A lock of another version may look different in every way: one clear sentence is all there is to say.
  const pairs = reader.problems.length > 0 ? new Map<string, Pair>() : readPairs(reader, root, ROOT_KEYS);
  if (reader.problems.length > 0) {
    throw lockError(file, reader.problems);
  }
  const stack = readText(reader, root, pairs, "stack", true);
  const { entries, folders } = readReleases(reader, root.get("releases", true) ?? null, root);
  const images = readImages(reader, root.get("images", true) ?? null, root);
  if (stack === null || reader.problems.length > 0) {
    throw lockError(file, reader.problems);
  }
  return { stack, entries, folders, images };
}
