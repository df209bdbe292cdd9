import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { LocalChart } from "../model/lock.ts";
import { cacheDirectory } from "../runtime/directories.ts";
import { readTextIfExists, writeFileAtomic } from "../runtime/files.ts";
import type { InspectedChart } from "./archive.ts";
import { usable, type ChartUse } from "./chart-file.ts";
import { digestOf } from "./digest.ts";

/** Raised when `inspectArchive` becomes stricter or finds out more: then archives are looked through again. */
const INSPECTION = 3;

/** Path of an archive in the cache, by its digest. Beside it lies a `.json` with what its inspection found. */
function cachedPath(digest: string): string {
  return join(cacheDirectory(), "charts", "sha256", `${digest.slice("sha256:".length)}.tgz`);
}

function inspectionPath(archive: string): string {
  return archive.replace(/\.tgz$/, ".json");
}

/** What an earlier inspection of the same bytes found; null when there was none. */
async function readInspection(archive: string): Promise<InspectedChart | null> {
  const text = await readTextIfExists(inspectionPath(archive));
  try {
    const found: unknown = JSON.parse(text ?? "null");
    if (typeof found !== "object" || found === null) {
      return null;
    }
    const { inspection, name, version, appVersion, library, postHooks } = found as Record<string, unknown>;
    const isAppVersion = typeof appVersion === "string" || appVersion === null;
    const isNamed = typeof name === "string" && typeof version === "string";
    const isMarked = typeof library === "boolean" && typeof postHooks === "boolean";
    if (inspection !== INSPECTION || !isNamed || !isAppVersion || !isMarked) {
      return null;
    }
    return { name, version, appVersion, library, postHooks };
  } catch {
    return null;
  }
}

async function inspectOnce(bytes: Uint8Array, archive: string, where: string): Promise<InspectedChart> {
  const known = await readInspection(archive);
  if (known !== null) {
    return known;
  }
  // Loaded late: a run that finds everything in the cache needs neither tar nor YAML.
  const { inspectArchive } = await import("./archive.ts");
  const metadata = await inspectArchive(bytes, where);
  await writeFileAtomic(inspectionPath(archive), JSON.stringify({ inspection: INSPECTION, ...metadata }));
  return metadata;
}

/** The bytes of a file when they have the digest, else null: a damaged archive counts as none. */
export async function readBytesWithDigest(path: string, digest: string): Promise<Uint8Array | null> {
  try {
    const bytes = await readFile(path);
    return digestOf(bytes) === digest ? bytes : null;
  } catch {
    return null;
  }
}

/**
 * The chart with this digest out of the cache, its bytes hashed anew; null when the cache does not have it (or has it
 * damaged).
 * @param source - where the chart comes from, for people
 * @throws FlotillaError `chart-invalid` for a library chart that is to be installed
 */
export async function readCachedChart(
  digest: string,
  source: string,
  use: ChartUse = "install",
): Promise<LocalChart | null> {
  const path = cachedPath(digest);
  const bytes = await readBytesWithDigest(path, digest);
  if (bytes === null) {
    return null;
  }
  return { ...usable(await inspectOnce(bytes, path, path), use, source), digest, path, source };
}

/**
 * Inspects an archive and puts it into the cache. Runs that do it at the same time write the same bytes; a killed one
 * leaves no half archive under the final name.
 * @param where - names the archive in errors
 * @throws FlotillaError `chart-invalid` when the archive is not safe, or cannot be used like that
 */
export async function cacheChart(
  bytes: Uint8Array,
  where: string,
  source: string,
  use: ChartUse = "install",
): Promise<LocalChart> {
  const digest = digestOf(bytes);
  const path = cachedPath(digest);
  const metadata = usable(await inspectOnce(bytes, path, where), use, where);
  if ((await readBytesWithDigest(path, digest)) === null) {
    await writeFileAtomic(path, bytes);
  }
  return { ...metadata, digest, path, source };
}
