import { isAbsolute, relative, sep } from "node:path";

import type { ChartReference } from "../model/stack.ts";

/** The folders that decide how a path is written into a lock. */
export interface LockPlaces {
  /** Folder of the lock file. */
  readonly lockFolder: string;
  /** Flotilla's cache, which lies elsewhere on every machine. */
  readonly cacheFolder: string;
}

const CACHE_PREFIX = "cache:";

/** Path from a folder to something below it, with `/`; null when it does not lie below. */
function below(folder: string, path: string): string | null {
  const way = relative(folder, path);
  if (way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way)) {
    return null;
  }
  return way === "" ? "." : way.split(sep).join("/");
}

function pathSource(path: string, places: LockPlaces): string {
  const inCache = below(places.cacheFolder, path);
  if (inCache !== null) {
    return `${CACHE_PREFIX}${inCache}`;
  }
  // With another drive on Windows there is no relative path: then it stays absolute.
  return below(places.lockFolder, path) ?? relative(places.lockFolder, path).split(sep).join("/");
}

/**
 * How a chart's source stands in flotilla.lock: URLs as they are, without a slash at the end; paths relative to the lock
 * file; what lies in flotilla's cache (such as the charts that are packed for the sandbox) as `cache:` and the path
 * below it, which is the same on every machine. Null for folders and manifests: they are not pinned.
 */
export function lockSource(reference: ChartReference, places: LockPlaces): string | null {
  switch (reference.type) {
    case "folder":
    case "manifests":
      return null;
    case "archive":
      return pathSource(reference.path, places);
    case "repository":
      return isAbsolute(reference.url) ? pathSource(reference.url, places) : reference.url.replace(/\/+$/, "");
    case "oci":
      return reference.url.replace(/\/+$/, "");
  }
}

/** True for sources that lie outside of the project, where each machine may keep them elsewhere. */
function isElsewhere(source: string): boolean {
  return source.startsWith(CACHE_PREFIX) || source.startsWith("../") || source === ".." || isAbsolute(source);
}

/**
 * True when both name the same source. Two places outside of the project count as the same, wherever they are: a lock
 * is shared between machines, and the digest says whether the chart is the same. A move between such a place, the
 * project and the network is a change.
 */
export function sameSource(left: string, right: string): boolean {
  return left === right || (isElsewhere(left) && isElsewhere(right));
}
