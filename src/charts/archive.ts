import { readFile, stat } from "node:fs/promises";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";

import { extract, type ExtractEvents } from "tar-stream";

import { FlotillaError } from "../model/errors.ts";
import type { LocalChart } from "../model/lock.ts";
import { entryFault, normalizedEntryPath, topFolder } from "./archive-entry.ts";
import { installable, parseChartFile, type ChartFile, type ChartMetadata } from "./chart-file.ts";
import { digestOf } from "./digest.ts";
import { ARCHIVE_LIMITS } from "./limits.ts";

/** A file, folder or link in an archive, with its bytes to come. */
type Entry = ExtractEvents["entry"][1];

function invalid(where: string, fault: string, cause?: unknown): FlotillaError {
  return new FlotillaError("chart-invalid", `The chart archive ${where} ${fault}.`, {
    hint: "Charts are packed with `helm package`; get the archive anew from where you trust it.",
    cause,
  });
}

/** Lets bytes through until there are too many: a small archive can unpack to any size. */
function unpackedLimit(where: string): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done): void {
      seen += chunk.byteLength;
      if (seen > ARCHIVE_LIMITS.unpackedBytes) {
        done(invalid(where, `unpacks to more than ${ARCHIVE_LIMITS.unpackedBytes / 2 ** 20} MiB`));
      } else {
        done(null, chunk);
      }
    },
  });
}

async function readEntry(entry: Entry, where: string): Promise<string> {
  if ((entry.header.size ?? 0) > ARCHIVE_LIMITS.chartFileBytes) {
    throw invalid(where, "has a Chart.yaml of more than 1 MiB");
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of entry as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Hands each entry of the archive to `visit`, until that says `stop`. Entries that are not read are skipped. */
async function eachEntry(
  bytes: Uint8Array,
  where: string,
  visit: (entry: Entry) => Promise<"go-on" | "stop">,
): Promise<void> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) {
    throw invalid(where, "is not a gzip-compressed tar file");
  }
  const unpacked = extract();
  const feeding = pipeline(Readable.from([bytes]), createGunzip({ chunkSize: 65_536 }), unpackedLimit(where), unpacked);
  // Its fault arrives below, through the entries; when we stop early it is of no interest.
  feeding.catch(() => undefined);
  try {
    for await (const entry of unpacked) {
      if ((await visit(entry)) === "stop") {
        return;
      }
      entry.resume();
    }
    await feeding;
  } catch (error) {
    throw error instanceof FlotillaError ? error : invalid(where, "is damaged: it cannot be unpacked", error);
  }
}

/**
 * Reads the Chart.yaml of a chart archive and looks at nothing else: for listing archives, never for installing one.
 * @throws FlotillaError `chart-invalid`
 */
export async function readArchiveChartFile(bytes: Uint8Array, where: string): Promise<ChartFile> {
  let text: string | null = null;
  await eachEntry(bytes, where, async (entry) => {
    if (!/^[^/]+\/Chart\.yaml$/.test(normalizedEntryPath(entry.header.name))) {
      return "go-on";
    }
    text = await readEntry(entry, where);
    return "stop";
  });
  return parseFoundChartFile(text, where);
}

function parseFoundChartFile(text: string | null, where: string): ChartFile {
  if (text === null) {
    throw invalid(where, "has no Chart.yaml in its top folder");
  }
  return parseChartFile(text, `Chart.yaml of ${where}`);
}

/** What was seen of an archive so far. */
interface Inspection {
  entries: number;
  top: string | null;
  chartFile: string | null;
}

async function inspectEntry(seen: Inspection, entry: Entry, where: string): Promise<void> {
  const type = entry.header.type ?? "file";
  seen.entries += 1;
  if (seen.entries > ARCHIVE_LIMITS.entries) {
    throw invalid(where, `has more than ${ARCHIVE_LIMITS.entries} entries`);
  }
  const fault = entryFault({ path: entry.header.name, type, linkTarget: entry.header.linkname ?? null });
  if (fault !== null) {
    throw invalid(where, fault);
  }
  const path = normalizedEntryPath(entry.header.name);
  if (path === ".") {
    return;
  }
  seen.top ??= topFolder(path);
  if (topFolder(path) !== seen.top || (path === seen.top && type !== "directory")) {
    throw invalid(where, `must hold one folder and nothing beside it, but holds ${path}`);
  }
  if (path === `${seen.top}/Chart.yaml`) {
    if (seen.chartFile !== null || type !== "file") {
      throw invalid(where, "must hold Chart.yaml once, as a plain file");
    }
    seen.chartFile = await readEntry(entry, where);
  }
}

/**
 * Looks through a whole chart archive: sizes within {@link ARCHIVE_LIMITS}, no path or link that leads out of it, nothing
 * but files, folders and links, one top folder with one Chart.yaml, no library chart.
 * @param where - names the archive in errors
 * @throws FlotillaError `chart-invalid`
 */
export async function inspectArchive(bytes: Uint8Array, where: string): Promise<ChartMetadata> {
  if (bytes.byteLength > ARCHIVE_LIMITS.archiveBytes) {
    throw invalid(where, `is larger than ${ARCHIVE_LIMITS.archiveBytes / 2 ** 20} MiB`);
  }
  const seen: Inspection = { entries: 0, top: null, chartFile: null };
  await eachEntry(bytes, where, async (entry) => {
    await inspectEntry(seen, entry, where);
    return "go-on";
  });
  return installable(parseFoundChartFile(seen.chartFile, where), `Chart.yaml of ${where}`);
}

/**
 * The bytes of a chart archive on disk.
 * @throws FlotillaError `chart-not-found` when there is no such file, `chart-invalid` when it is too large
 */
export async function readArchiveBytes(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > ARCHIVE_LIMITS.archiveBytes) {
      throw invalid(path, `is larger than ${ARCHIVE_LIMITS.archiveBytes / 2 ** 20} MiB`);
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

/**
 * Reads and inspects a chart archive on disk.
 * @throws FlotillaError `chart-not-found`, `chart-invalid`
 */
export async function readArchiveChart(path: string): Promise<LocalChart> {
  const bytes = await readArchiveBytes(path);
  return { ...(await inspectArchive(bytes, path)), digest: digestOf(bytes), path, source: path };
}
