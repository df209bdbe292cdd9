import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { FlotillaError } from "../model/errors.ts";
import type { LocalChart } from "../model/lock.ts";
import { readTextIfExists } from "../runtime/files.ts";
import { parseChartFile, usable, type ChartFile } from "./chart-file.ts";
import { checkFolderDependencies, readFolderDependencies, type FolderDependencies } from "./folder-dependencies.ts";
import { listFolderFiles } from "./folder-files.ts";
import { markHooks, mayHoldHooks, namesPostHooks, noHooks } from "./post-hooks.ts";

/** A file that belongs to a chart. */
export interface PlacedFile {
  /** In the chart, with `/` between its parts. */
  readonly path: string;
  /** Absolute path of what is read. */
  readonly file: string;
}

/** A chart that is put beside those in a folder's `charts/`, without the folder being changed. */
export interface BroughtDependency {
  readonly name: string;
  readonly files: readonly PlacedFile[];
}

/** What the files of a folder add up to. */
export interface FolderContents {
  /** `sha256:…` */
  readonly digest: string;
  /** As in {@link LocalChart}. */
  readonly postHooks: boolean;
}

/**
 * Reads every file once. The digest is over, for every file in the order given: path, NUL, number of bytes, NUL, the
 * bytes. Modes and times do not count.
 * @throws FlotillaError `chart-invalid` for a packed chart among them that cannot be unpacked
 */
export async function readContents(files: readonly PlacedFile[]): Promise<FolderContents> {
  const hash = createHash("sha256");
  const hooks = noHooks();
  const budget = { bytes: 0, entries: 0 };
  for (const { path, file } of files) {
    const bytes = await readFile(file);
    hash.update(`${path}\0${bytes.byteLength}\0`).update(bytes);
    if (mayHoldHooks(path)) {
      await markHooks(hooks, path, bytes, budget);
    }
  }
  return { digest: `sha256:${hash.digest("hex")}`, postHooks: namesPostHooks(hooks) };
}

/**
 * Every file of a chart folder, sorted by path.
 * @throws FlotillaError `chart-invalid` as {@link listFolderFiles}
 */
export async function placedFiles(folder: string): Promise<readonly PlacedFile[]> {
  return (await listFolderFiles(folder)).map(({ path }) => ({ path, file: join(folder, path) }));
}

async function readChartFile(path: string): Promise<ChartFile> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    throw new FlotillaError("chart-not-found", `There is no chart folder ${path}.`, {
      hint: "Check the path in the stack file; it is relative to that file.",
    });
  }
  const text = await readTextIfExists(join(path, "Chart.yaml"));
  if (text === null) {
    throw new FlotillaError("chart-invalid", `The folder ${path} has no Chart.yaml: it is not a chart.`);
  }
  return parseChartFile(text, join(path, "Chart.yaml"));
}

/**
 * What a chart that is a folder depends on.
 * @throws FlotillaError `chart-not-found`, `chart-invalid`
 */
export async function dependenciesOfFolder(path: string): Promise<FolderDependencies> {
  return readFolderDependencies(path, await readChartFile(path));
}

/**
 * Reads a chart that is a folder. It is handed to helm as it is, its `charts/` included; only with dependencies that lie
 * elsewhere it becomes a copy in the cache.
 * @throws FlotillaError `chart-not-found` when there is no such folder, `chart-invalid` when helm would not install it
 */
export async function readFolderChart(path: string, brought: readonly BroughtDependency[] = []): Promise<LocalChart> {
  const chart = await readChartFile(path);
  await checkFolderDependencies(
    path,
    chart,
    brought.map(({ name }) => name),
  );
  const { name, version, appVersion } = usable(chart, "install", path);
  const metadata = { name, version, appVersion };
  const own = await placedFiles(path);
  if (brought.length === 0) {
    return { ...metadata, ...(await readContents(own)), path, source: path };
  }
  const { assembleFolder } = await import("./assemble-folder.ts");
  return { ...metadata, ...(await assembleFolder([...own, ...brought.flatMap(({ files }) => files)])), source: path };
}
