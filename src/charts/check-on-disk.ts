import { isAbsolute } from "node:path";
import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { ChartReference } from "../model/stack.ts";
import { readCachedChart } from "./cache.ts";
import type { ChartCandidate } from "./chart-candidate.ts";
import { checkLocked, digestOf, type LockedDigest } from "./digest.ts";
import { fetchChart } from "./fetch-chart.ts";
import { findChartVersion } from "./list-versions.ts";
import { sourceName } from "./source-name.ts";

/**
 * Compares a pinned chart that lies on this disk with its pin: an archive, or one of a folder that serves as a repository.
 * Charts from elsewhere lie in the cache by their digest alone: bytes that do not fit it count as none, and are fetched
 * anew. Asks no network.
 * @throws FlotillaError `digest-mismatch`; `chart-not-found`, `source-unreachable` or `chart-invalid` when it cannot be had;
 *   `interrupted`
 */
export async function checkOnDisk(
  reference: ChartReference,
  version: string,
  locked: LockedDigest,
  context: RunContext,
): Promise<void> {
  if (reference.type === "archive") {
    await fetchChart(reference, null, locked, context);
  } else if (reference.type === "repository" && isAbsolute(reference.url)) {
    const location = (await findInFolder(reference, version, locked, context))?.location ?? "";
    // An index.yaml may send elsewhere.
    if (!isAbsolute(location)) return;
    const { readArchiveBytes } = await import("./archive.ts");
    checkLocked(`The chart archive ${location}`, locked, digestOf(await readArchiveBytes(location)));
  }
}

/** Null for what the folder does not have any more, and a run would take from the cache. */
async function findInFolder(
  reference: ChartReference,
  version: string,
  { digest }: LockedDigest,
  context: RunContext,
): Promise<ChartCandidate | null> {
  try {
    return await findChartVersion(reference, version, context);
  } catch (error) {
    const isGone = error instanceof FlotillaError && ["chart-not-found", "source-unreachable"].includes(error.code);
    if (isGone && (await readCachedChart(digest, sourceName(reference))) !== null) return null;
    throw error;
  }
}
