import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { FlotillaError } from "../model/errors.ts";
import { readTextIfExists } from "../runtime/files.ts";
import { readArchiveChartFile } from "./archive.ts";
import { parseChartFile, parseDependencies, type ChartDependency, type ChartFile } from "./chart-file.ts";
import { digestOf } from "./digest.ts";

const PACKED = /\.(tgz|tar\.gz)$/;

/** A chart that lies in the `charts/` of a chart folder. */
export interface PresentDependency {
  readonly name: string;
  readonly version: string;
  /** `sha256:…` of the archive; null for one that is a folder, and so a part of the chart. */
  readonly digest: string | null;
}

/** What a chart folder depends on, and what of it there is. */
export interface FolderDependencies {
  /** As Chart.yaml (or the requirements.yaml of an old chart) names them. */
  readonly wanted: readonly ChartDependency[];
  /** As Chart.lock (or requirements.lock) has them: with exact versions; empty when there is none. */
  readonly locked: readonly ChartDependency[];
  /** What lies in `charts/`, whether it is wanted or not. */
  readonly present: readonly PresentDependency[];
}

/** An entry of `charts/`, packed or not; null when it is no chart. */
async function readPresent(folder: string, entry: string): Promise<PresentDependency | null> {
  const path = join(folder, entry);
  if (PACKED.test(entry)) {
    const bytes = await readFile(path);
    const { name, version } = await readArchiveChartFile(bytes, path);
    return { name, version, digest: digestOf(bytes) };
  }
  const file = join(path, "Chart.yaml");
  const text = await readTextIfExists(file);
  if (text === null) {
    return null;
  }
  const { name, version } = parseChartFile(text, file);
  return { name, version, digest: null };
}

async function presentDependencies(folder: string): Promise<readonly PresentDependency[]> {
  const charts = join(folder, "charts");
  const entries = await readdir(charts, { withFileTypes: true }).catch(() => []);
  const candidates = entries.filter(
    (entry) => entry.isDirectory() || entry.isSymbolicLink() || PACKED.test(entry.name),
  );
  const found = await Promise.all(candidates.map((entry) => readPresent(charts, entry.name)));
  return found.filter((dependency) => dependency !== null);
}

async function dependenciesIn(folder: string, name: string): Promise<readonly ChartDependency[]> {
  const file = join(folder, name);
  const text = await readTextIfExists(file);
  return text === null ? [] : parseDependencies(text, file);
}

/**
 * What a chart folder depends on.
 * @throws FlotillaError `chart-invalid`
 */
export async function readFolderDependencies(folder: string, chart: ChartFile): Promise<FolderDependencies> {
  const wanted = [...chart.dependencies, ...(await dependenciesIn(folder, "requirements.yaml"))];
  if (wanted.length === 0) {
    return { wanted, locked: [], present: [] };
  }
  const locked = [
    ...(await dependenciesIn(folder, "Chart.lock")),
    ...(await dependenciesIn(folder, "requirements.lock")),
  ];
  return { wanted, locked, present: await presentDependencies(folder) };
}

/**
 * Makes sure that every chart which a chart folder depends on is there, as helm demands before it installs.
 * @param brought - names of those that are put beside the ones in `charts/`
 * @throws FlotillaError `chart-invalid` that names the missing ones
 */
export async function checkFolderDependencies(
  folder: string,
  chart: ChartFile,
  brought: readonly string[],
): Promise<void> {
  const { wanted, present } = await readFolderDependencies(folder, chart);
  const there = new Set([...present.map(({ name }) => name), ...brought]);
  const missing = wanted.filter(({ name }) => !there.has(name)).map(({ name }) => name);
  if (missing.length > 0) {
    throw new FlotillaError(
      "chart-invalid",
      `The chart folder ${folder} depends on ${missing.join(", ")}, but its charts/ does not hold ${missing.length === 1 ? "it" : "them"}.`,
      {
        hint: `Run \`helm dependency build ${folder}\`.`,
      },
    );
  }
}
