import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import { storedGzip } from "./stored-gzip.ts";

/** A file of a chart: its path inside the chart, with slashes, and what is in it. */
export interface ChartFile {
  readonly path: string;
  readonly content: Uint8Array;
}

/** The files below a folder, sorted by path; links are followed, so that what they point to is packed. */
export async function readChartFiles(folder: string): Promise<ChartFile[]> {
  const files: ChartFile[] = [];
  await collect(folder, "", files);
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function collect(folder: string, prefix: string, files: ChartFile[]): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if ((await stat(path)).isDirectory()) await collect(path, `${prefix}${name}/`, files);
    else files.push({ path: `${prefix}${name}`, content: await readFile(path) });
  }
}

/**
 * A chart archive whose bytes follow from the files alone: entries in the order given, no times, owners or modes of
 * this machine, not compressed.
 */
export async function packChart(name: string, files: readonly ChartFile[]): Promise<Uint8Array> {
  const tar = pack();
  for (const { path, content } of files) {
    tar.entry({ name: `${name}/${path}`, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0 }, Buffer.from(content));
  }
  tar.finalize();
  return storedGzip(await buffer(tar));
}
