import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { FlotillaError } from "../model/errors.ts";
import type { LocalChart } from "../model/lock.ts";
import { readTextIfExists } from "../runtime/files.ts";
import { installable, parseChartFile } from "./chart-file.ts";
import { checkFolderDependencies } from "./folder-dependencies.ts";
import { listFolderFiles } from "./folder-files.ts";
import { markHooks, mayHoldHooks, namesPostHooks, noHooks } from "./post-hooks.ts";

/** What the files of a folder add up to. */
interface FolderContents {
  readonly digest: string;
  readonly postHooks: boolean;
}

/**
 * Reads every file once. The digest is over, for every file in the order of its path: path, NUL, number of bytes, NUL, the
 * bytes. Modes and times do not count.
 */
async function readContents(folder: string): Promise<FolderContents> {
  const hash = createHash("sha256");
  const hooks = noHooks();
  const budget = { bytes: 0, entries: 0 };
  for (const { path } of await listFolderFiles(folder)) {
    const bytes = await readFile(join(folder, path));
    hash.update(`${path}\0${bytes.byteLength}\0`).update(bytes);
    if (mayHoldHooks(path)) {
      await markHooks(hooks, path, bytes, budget);
    }
  }
  return { digest: `sha256:${hash.digest("hex")}`, postHooks: namesPostHooks(hooks) };
}

/**
 * Reads a chart that is a folder. It is handed to helm as it is, its `charts/` included.
 * @throws FlotillaError `chart-not-found` when there is no such folder, `chart-invalid` when helm would not install it
 */
export async function readFolderChart(path: string): Promise<LocalChart> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    throw new FlotillaError("chart-not-found", `There is no chart folder ${path}.`, {
      hint: "Check the path in the stack file; it is relative to that file.",
    });
  }
  const file = join(path, "Chart.yaml");
  const text = await readTextIfExists(file);
  if (text === null) {
    throw new FlotillaError("chart-invalid", `The folder ${path} has no Chart.yaml: it is not a chart.`);
  }
  const chart = parseChartFile(text, file);
  await checkFolderDependencies(path, chart);
  return { ...installable(chart, file), ...(await readContents(path)), path, source: path };
}
