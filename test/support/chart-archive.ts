import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

import { pack, type Header } from "tar-stream";

/** An entry of a tar file as a test wants it, however wrong. */
export interface PackedEntry {
  readonly name: string;
  readonly content?: string | Buffer;
  readonly type?: Header["type"];
  readonly linkname?: string;
}

/** A gzip-compressed tar file of these entries, in this order. */
export async function packEntries(entries: readonly PackedEntry[]): Promise<Buffer> {
  const tar = pack();
  const chunks: Buffer[] = [];
  // tar-stream types its chunks as unknown; they are buffers.
  tar.on("data", (chunk) => chunks.push(chunk as Buffer));
  for (const { name, content = "", type = "file", linkname } of entries) {
    tar.entry({ name, type, mtime: new Date(0), ...(linkname === undefined ? {} : { linkname }) }, content);
  }
  tar.finalize();
  await once(tar, "end");
  return gzipSync(Buffer.concat(chunks), { level: 1 });
}

/** What the files of a small chart say. */
export interface SmallChart {
  readonly name: string;
  readonly version: string;
  readonly appVersion?: string;
  /** Further files, by their path in the chart. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The files of a small chart that helm would install, by their path in the chart. */
export function chartFiles({
  name,
  version,
  appVersion = "1.0",
  files = {},
}: SmallChart): Readonly<Record<string, string>> {
  return {
    "Chart.yaml": `apiVersion: v2\nname: ${name}\nversion: ${version}\nappVersion: "${appVersion}"\n`,
    "values.yaml": "replicas: 1\n",
    "templates/config.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`,
    ...files,
  };
}

/** A small chart as `helm package` packs it. */
export function packChart(chart: SmallChart): Promise<Buffer> {
  const files = Object.entries(chartFiles(chart));
  return packEntries(files.map(([path, content]) => ({ name: `${chart.name}/${path}`, content })));
}

/** Writes a small chart as a folder. */
export async function writeChartFolder(folder: string, chart: SmallChart): Promise<void> {
  for (const [path, content] of Object.entries(chartFiles(chart))) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

/** The digest of some bytes, computed apart from the code under test. */
export function sha256(bytes: Buffer | string): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** A digest as `flotilla.lock` has it. */
export function lockedAt(digest: string | null): { readonly digest: string; readonly lock: string } | null {
  return digest === null ? null : { digest, lock: "flotilla.lock" };
}
