import { readFile, stat } from "node:fs/promises";

import { FlotillaError } from "../model/errors.ts";
import { entryFault, normalizedEntryPath, topFolder } from "./archive-entry.ts";
import { eachEntry, invalidArchive, readEntry, type ArchiveStreamEntry, type UnpackBudget } from "./archive-stream.ts";
import { parseChartFile, type ChartFile, type ChartMetadata } from "./chart-file.ts";
import { ARCHIVE_LIMITS } from "./limits.ts";
import { markHooks, mayHoldHooks, namesPostHooks, noHooks, type HookMarks } from "./post-hooks.ts";

/** What an inspection finds out about a chart. */
export interface InspectedChart extends ChartMetadata {
  /** Library charts can be depended on, but not installed. */
  readonly library: boolean;
  /** As in {@link LocalChart}. */
  readonly postHooks: boolean;
}

/**
 * Reads the Chart.yaml of a chart archive and looks at nothing else: for listing archives, never for installing one.
 * @throws FlotillaError `chart-invalid`
 */
export async function readArchiveChartFile(bytes: Uint8Array, where: string): Promise<ChartFile> {
  let text: string | null = null;
  await eachEntry(bytes, where, { bytes: 0, entries: 0 }, async (entry) => {
    if (!/^[^/]+\/Chart\.yaml$/.test(normalizedEntryPath(entry.header.name))) {
      return "go-on";
    }
    text = (await readEntry(entry, where, ARCHIVE_LIMITS.chartFileBytes)).toString("utf8");
    return "stop";
  });
  return parseFoundChartFile(text, where);
}

function parseFoundChartFile(text: string | null, where: string): ChartFile {
  if (text === null) {
    throw invalidArchive(where, "has no Chart.yaml in its top folder");
  }
  return parseChartFile(text, `Chart.yaml of ${where}`);
}

/** What was seen of an archive so far. */
interface Inspection {
  readonly budget: UnpackBudget;
  readonly hooks: HookMarks;
  top: string | null;
  chartFile: string | null;
}

async function inspectEntry(seen: Inspection, entry: ArchiveStreamEntry, where: string): Promise<void> {
  const type = entry.header.type;
  const fault = entryFault({ path: entry.header.name, type, linkTarget: entry.header.linkname });
  if (fault !== null) {
    throw invalidArchive(where, fault);
  }
  const path = normalizedEntryPath(entry.header.name);
  if (path === ".") {
    return;
  }
  seen.top ??= topFolder(path);
  if (topFolder(path) !== seen.top || (path === seen.top && type !== "directory")) {
    throw invalidArchive(where, `must hold one folder and nothing beside it, but holds ${path}`);
  }
  const inChart = path.slice(seen.top.length + 1);
  if (inChart === "Chart.yaml") {
    if (seen.chartFile !== null || type !== "file") {
      throw invalidArchive(where, "must hold Chart.yaml once, as a plain file");
    }
    seen.chartFile = (await readEntry(entry, where, ARCHIVE_LIMITS.chartFileBytes)).toString("utf8");
  } else if (type === "file" && mayHoldHooks(inChart)) {
    await markHooks(seen.hooks, inChart, await readEntry(entry, where, ARCHIVE_LIMITS.fileBytes), seen.budget);
  }
}

/**
 * Looks through a whole chart archive: sizes within {@link ARCHIVE_LIMITS}, no path or link that leads out of it, nothing
 * but files, folders and links, one top folder with one Chart.yaml.
 * @param where - names the archive in errors
 * @throws FlotillaError `chart-invalid`
 */
export async function inspectArchive(bytes: Uint8Array, where: string): Promise<InspectedChart> {
  if (bytes.byteLength > ARCHIVE_LIMITS.archiveBytes) {
    throw invalidArchive(where, `is larger than ${ARCHIVE_LIMITS.archiveBytes / 2 ** 20} MiB`);
  }
  const budget = { bytes: 0, entries: 0 };
  const seen: Inspection = { budget, hooks: noHooks(), top: null, chartFile: null };
  await eachEntry(bytes, where, budget, async (entry) => {
    await inspectEntry(seen, entry, where);
    return "go-on";
  });
  const { name, version, appVersion, library } = parseFoundChartFile(seen.chartFile, where);
  return { name, version, appVersion, library, postHooks: namesPostHooks(seen.hooks) };
}

/**
 * The bytes of a chart archive on disk.
 * @throws FlotillaError `chart-not-found` when there is no such file, `chart-invalid` when it is too large
 */
export async function readArchiveBytes(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > ARCHIVE_LIMITS.archiveBytes) {
      throw invalidArchive(path, `is larger than ${ARCHIVE_LIMITS.archiveBytes / 2 ** 20} MiB`);
    }
    return await readFile(path);
  } catch (error) {
    if (error instanceof FlotillaError) {
      throw error;
    }
    throw new FlotillaError("chart-not-found", `The chart archive ${path} cannot be read.`, {
      hint: "Check the path in the stack file; it is relative to that file.",
      cause: error,
    });
  }
}
