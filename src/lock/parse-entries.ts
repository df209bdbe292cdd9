import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";

import type { DependencyPin, FolderEntry, LockEntry } from "../model/lock.ts";
import type { Lock } from "./lock.ts";
import { complain, readPairs, readText, type LockReader } from "./lock-reader.ts";

const ENTRY_KEYS = ["chart", "version", "appVersion", "source", "digest", "range"];
const DEPENDENCY_KEYS = ["version", "source", "digest", "range"];

function keyNode(pair: Pair): Node | null {
  return isScalar(pair.key) ? pair.key : null;
}

function readDigest(reader: LockReader, name: string, map: YAMLMap, pairs: ReadonlyMap<string, Pair>): string | null {
  const digest = readText(reader, map, pairs, "digest", true);
  if (digest !== null && !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    complain(reader, map, `"digest" of ${name} must be sha256: and 64 hex digits`);
    return null;
  }
  return digest;
}

function readEntry(reader: LockReader, release: string, map: YAMLMap): LockEntry | null {
  const pairs = readPairs(reader, map, ENTRY_KEYS);
  const name = readText(reader, map, pairs, "chart", true);
  const version = readText(reader, map, pairs, "version", true);
  const source = readText(reader, map, pairs, "source", true);
  const appVersion = readText(reader, map, pairs, "appVersion", false);
  const range = readText(reader, map, pairs, "range", false);
  const digest = readDigest(reader, release, map, pairs);
  if (name === null || version === null || source === null || digest === null) {
    return null;
  }
  return { release, range, pin: { name, version, appVersion, source, digest } };
}

function readDependency(reader: LockReader, name: string, pair: Pair): DependencyPin | null {
  const map = pair.value;
  if (!isMap(map)) {
    complain(reader, keyNode(pair), `"${name}" must hold the keys of a pinned dependency`);
    return null;
  }
  const pairs = readPairs(reader, map, DEPENDENCY_KEYS);
  const version = readText(reader, map, pairs, "version", true);
  const source = readText(reader, map, pairs, "source", true);
  const range = readText(reader, map, pairs, "range", false);
  const digest = readDigest(reader, name, map, pairs);
  return version === null || source === null || digest === null ? null : { name, version, source, digest, range };
}

function readFolder(reader: LockReader, release: string, map: YAMLMap): FolderEntry | null {
  const list = readPairs(reader, map, ["dependencies"]).get("dependencies")?.value;
  if (!isMap(list)) {
    complain(reader, map, `"dependencies" of ${release} must hold one entry per chart`);
    return null;
  }
  const pairs = readPairs(reader, list, null);
  const pins = [...pairs].map(([name, pair]) => readDependency(reader, name, pair));
  return { release, dependencies: pins.filter((pin) => pin !== null) };
}

/** Reads `releases`: pinned charts, and pinned dependencies of charts that are folders. Complains of what is wrong. */
export function readReleases(reader: LockReader, releases: unknown, at: Node): Pick<Lock, "entries" | "folders"> {
  const entries: LockEntry[] = [];
  const folders: FolderEntry[] = [];
  if (!isMap(releases)) {
    if (!isScalar(releases) || releases.value !== null) {
      complain(reader, at, '"releases" must hold one entry per release');
    }
    return { entries, folders };
  }
  for (const [release, pair] of readPairs(reader, releases, null)) {
    const map = pair.value;
    if (!isMap(map)) {
      complain(reader, keyNode(pair), `"${release}" must hold the keys of a pinned chart`);
    } else if (map.has("dependencies")) {
      const folder = readFolder(reader, release, map);
      if (folder !== null) folders.push(folder);
    } else {
      const entry = readEntry(reader, release, map);
      if (entry !== null) entries.push(entry);
    }
  }
  return { entries, folders };
}

/** Reads `images`: a list of texts per environment. Complains of what is wrong. */
export function readImages(reader: LockReader, images: unknown, at: Node): Lock["images"] {
  if (images === null) {
    return {};
  }
  if (!isMap(images)) {
    complain(reader, at, '"images" must hold one list per environment');
    return {};
  }
  const lists = [...readPairs(reader, images, null)].map(([environment, pair]): [string, readonly string[]] => {
    const items = isSeq(pair.value) ? pair.value.items : [null];
    const texts = items.map((item) => (isScalar(item) ? item.value : null));
    if (!texts.every((text) => typeof text === "string")) {
      complain(reader, keyNode(pair), `"${environment}" must hold a list of images`);
      return [environment, []];
    }
    return [environment, texts];
  });
  return Object.fromEntries(lists);
}
