import { readdir } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";

import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import { pathExists } from "../runtime/files.ts";
import { readArchiveBytes, readArchiveChartFile } from "./archive.ts";
import type { ChartCandidate } from "./chart-candidate.ts";
import type { ChartFile } from "./chart-file.ts";
import { digestOf, normalizeDigest } from "./digest.ts";
import { indexFile, readIndexedChart } from "./index-entries.ts";
import { missingChart } from "./missing-chart.ts";
import { oncePerRun } from "./run-memory.ts";

interface PackedChart {
  readonly chart: ChartFile;
  readonly path: string;
  readonly digest: string;
}

/** An archive that cannot be read hides no other: it is told of and left out. */
async function readPackedChart(path: string, context: RunContext): Promise<PackedChart[]> {
  try {
    const bytes = await readArchiveBytes(path);
    return [{ chart: await readArchiveChartFile(bytes, path), path, digest: digestOf(bytes) }];
  } catch (error) {
    if (!(error instanceof FlotillaError)) {
      throw error;
    }
    context.emit({ type: "notice", level: "warning", message: `${error.message} It is left out.`, hint: error.hint });
    return [];
  }
}

async function readPackedCharts(folder: string, context: RunContext): Promise<readonly PackedChart[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new FlotillaError("source-unreachable", `The folder of charts ${folder} cannot be read.`, {
      hint: "Check the path; a chart source that is a folder holds index.yaml or chart archives (.tgz).",
      cause,
    });
  });
  const archives = names.filter((name) => name.endsWith(".tgz")).toSorted();
  const charts = await Promise.all(archives.map((name) => readPackedChart(join(folder, name), context)));
  return charts.flat();
}

async function fromIndex(path: string, folder: string, name: string): Promise<readonly ChartCandidate[]> {
  const { entries, otherCharts } = await readIndexedChart(indexFile(path), name, path);
  if (entries === null) {
    throw missingChart(folder, name, otherCharts);
  }
  return entries.map(({ version, appVersion, digest, url }) => ({
    version,
    appVersion,
    digest: digest === null ? null : normalizeDigest(digest),
    location: URL.canParse(url) && !isAbsolute(url) ? url : resolve(folder, url),
  }));
}

/**
 * The versions of a chart in a folder: as its index.yaml lists them or, without one, as the archives in it say.
 * @throws FlotillaError `source-unreachable`, `chart-not-found`
 */
export async function listFolderVersions(
  folder: string,
  name: string,
  context: RunContext,
): Promise<readonly ChartCandidate[]> {
  const index = join(folder, "index.yaml");
  if (await pathExists(index)) {
    return fromIndex(index, folder, name);
  }
  const packed = await oncePerRun(context, `folder ${folder}`, () => readPackedCharts(folder, context));
  const found = packed.filter(({ chart }) => chart.name === name);
  if (found.length === 0) {
    throw missingChart(folder, name, [...new Set(packed.map(({ chart }) => chart.name))]);
  }
  return found.map(({ chart, digest, path }) => {
    const { version, appVersion } = chart;
    return { version, appVersion, digest, location: path };
  });
}
