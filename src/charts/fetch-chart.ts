import { isAbsolute } from "node:path";

import semver from "semver";

import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { LocalChart } from "../model/lock.ts";
import type { ChartReference } from "../model/stack.ts";
import type { ChartUse } from "./chart-file.ts";
import { cacheChart, readCachedChart } from "./cache.ts";
import type { ChartCandidate } from "./chart-candidate.ts";
import { checkDigest, checkLocked, digestOf, type LockedDigest } from "./digest.ts";
import { oncePerRun } from "./run-memory.ts";
import { shownUrl } from "./shown-url.ts";
import { chartLabel, sourceName } from "./source-name.ts";

async function fetchArchive(path: string, locked: LockedDigest | null): Promise<LocalChart> {
  const { readArchiveBytes } = await import("./archive.ts");
  const bytes = await readArchiveBytes(path);
  checkLocked(`The chart archive ${path}`, locked, digestOf(bytes));
  return cacheChart(bytes, path, path);
}

async function download(
  reference: ChartReference,
  location: string,
  locked: LockedDigest | null,
  context: RunContext,
): Promise<Uint8Array> {
  if (location.startsWith("oci://")) {
    const { downloadOciChart } = await import("./oci.ts");
    // A repository's index may name a registry: the repository's login is not for that.
    const access = reference.type === "oci" ? (reference.access ?? null) : null;
    return downloadOciChart(location, locked, access, context);
  }
  if (isAbsolute(location)) {
    const { readArchiveBytes } = await import("./archive.ts");
    return readArchiveBytes(location);
  }
  const { downloadArchive } = await import("./repository.ts");
  const [url, access] = reference.type === "repository" ? [reference.url, reference.access ?? null] : [location, null];
  return downloadArchive(location, isAbsolute(url) ? location : url, access, context);
}

/** Tells of a piece of work that may take long. */
async function asTask<T>(context: RunContext, task: string, title: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  context.emit({ type: "task-started", task, title });
  const finish = (outcome: "done" | "failed", detail: string): void =>
    context.emit({ type: "task-finished", task, outcome, detail, durationMs: Math.round(performance.now() - started) });
  try {
    const result = await work();
    finish("done", "");
    return result;
  } catch (error) {
    finish("failed", error instanceof Error ? error.message : String(error));
    throw error;
  }
}

/** Sources may serve anything under a version's address. */
function checkVersion(chart: LocalChart, candidate: ChartCandidate): void {
  if (semver.compareBuild(chart.version, candidate.version) !== 0) {
    throw new FlotillaError(
      "chart-invalid",
      `${shown(candidate.location)} is listed as version ${candidate.version}, but its Chart.yaml says ${chart.version}.`,
      {
        hint: "The source is broken: tell those who publish the chart, or choose another version.",
      },
    );
  }
}

async function downloadChart(
  reference: ChartReference,
  candidate: ChartCandidate,
  locked: LockedDigest | null,
  use: ChartUse,
  context: RunContext,
): Promise<LocalChart> {
  const bytes = await download(reference, candidate.location, locked, context);
  const digest = digestOf(bytes);
  const what = `The chart archive ${shown(candidate.location)}`;
  checkLocked(what, locked, digest);
  checkDigest(what, "the index of its repository", candidate.digest, digest);
  const chart = await cacheChart(bytes, shown(candidate.location), sourceName(reference), use);
  checkVersion(chart, candidate);
  return chart;
}

/**
 * Brings a chart to this machine's disk, verified. Folders are read in place, manifests wrapped; everything else ends up in the cache, which
 * is addressed by digest, so that a run keeps its bytes whatever becomes of the source.
 * @param candidate - which version; null for folders, manifests and archives, and for what is known to be in the cache
 * @param locked - what the lock says; when the cache has it (archives on disk excepted: they are there to be
 *   read), the source is not asked
 * @throws FlotillaError `chart-not-found`, `chart-invalid`, `digest-mismatch`, `source-unreachable`, `source-denied`, `interrupted`
 */
export async function fetchChart(
  reference: ChartReference,
  candidate: ChartCandidate | null,
  locked: LockedDigest | null,
  context: RunContext,
  use: ChartUse = "install",
): Promise<LocalChart> {
  if (reference.type === "folder") {
    const { readFolderChart } = await import("./folder.ts");
    return readFolderChart(reference.path);
  }
  if (reference.type === "manifests") {
    const { readManifestsChart } = await import("./manifests.ts");
    return readManifestsChart(reference.name, reference.files);
  }
  if (reference.type === "archive") {
    return fetchArchive(reference.path, locked);
  }
  const wanted = locked?.digest ?? candidate?.digest ?? null;
  const cached = wanted === null ? null : await readCachedChart(wanted, sourceName(reference), use);
  if (cached !== null) {
    if (candidate !== null) {
      checkVersion(cached, candidate);
    }
    return cached;
  }
  if (candidate === null) {
    throw new FlotillaError("internal", `The chart ${sourceName(reference)} is to be fetched without a version.`);
  }
  const { location, version } = candidate;
  const work = (): Promise<LocalChart> => downloadChart(reference, candidate, locked, use, context);
  const access = "access" in reference ? (reference.access?.name ?? "") : "";
  return oncePerRun(context, `chart ${use} ${access} ${location} ${locked?.digest ?? ""}`, () => {
    if (isAbsolute(location)) return work();
    const label = `${chartLabel(reference)} ${version}`;
    return asTask(context, `chart:${chartLabel(reference)}`, `Fetch ${label} from ${new URL(location).host}`, work);
  });
}

/** A candidate's location as it may be shown. */
function shown(location: string): string {
  return /^https?:/.test(location) ? shownUrl(location) : location;
}
