import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { FlotillaError } from "../model/errors.ts";
import { readTextIfExists } from "../runtime/files.ts";
import { readArchiveChartFile } from "./archive.ts";
import { parseChartFile, parseRequirements, type ChartFile } from "./chart-file.ts";

const PACKED = /\.(tgz|tar\.gz)$/;

/** Name of the chart in an entry of `charts/`, packed or not; null when the entry is no chart. */
async function dependencyName(folder: string, entry: string): Promise<string | null> {
  const path = join(folder, entry);
  if (PACKED.test(entry)) {
    return (await readArchiveChartFile(await readFile(path), path)).name;
  }
  const file = join(path, "Chart.yaml");
  const text = await readTextIfExists(file);
  return text === null ? null : parseChartFile(text, file).name;
}

async function presentDependencies(folder: string): Promise<ReadonlySet<string>> {
  const charts = join(folder, "charts");
  const entries = await readdir(charts, { withFileTypes: true }).catch(() => []);
  const candidates = entries.filter(
    (entry) => entry.isDirectory() || entry.isSymbolicLink() || PACKED.test(entry.name),
  );
  const names = await Promise.all(candidates.map((entry) => dependencyName(charts, entry.name)));
  return new Set(names.filter((name) => name !== null));
}

/**
 * Makes sure that every chart which a chart folder depends on lies in its `charts/`, as helm demands before it installs.
 * @throws FlotillaError `chart-invalid` that names the missing ones
 */
export async function checkFolderDependencies(folder: string, chart: ChartFile): Promise<void> {
  const requirementsFile = join(folder, "requirements.yaml");
  const requirements = await readTextIfExists(requirementsFile);
  const wanted = [
    ...chart.dependencies,
    ...(requirements === null ? [] : parseRequirements(requirements, requirementsFile)),
  ];
  if (wanted.length === 0) {
    return;
  }
  const present = await presentDependencies(folder);
  const missing = wanted.filter((name) => !present.has(name));
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
