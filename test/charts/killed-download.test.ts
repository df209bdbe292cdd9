import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";
import { expect, test } from "vitest";

import { fetchChart } from "../../src/charts/fetch-chart.ts";
import { findChartVersion } from "../../src/charts/list-versions.ts";
import type { ChartReference } from "../../src/model/stack.ts";
import { packChart, sha256 } from "../support/chart-archive.ts";
import { startChartRepository } from "../support/chart-repository.ts";
import { startOciRegistry } from "../support/oci-registry.ts";
import { recordingContext, useTempCache } from "../support/temp-cache.ts";

const temp = useTempCache();
const sources = resolve(fileURLToPath(import.meta.url), "../../../src/charts");

/** A program that fetches `app` 1.0.0 from the source that its argument is, as JSON. */
const driver = `
import { fetchChart } from ${JSON.stringify(join(sources, "fetch-chart.ts"))};
import { findChartVersion } from ${JSON.stringify(join(sources, "list-versions.ts"))};
const reference = JSON.parse(process.argv[2]);
const context = { signal: new AbortController().signal, emit() {} };
await fetchChart(reference, await findChartVersion(reference, "1.0.0", context), null, context);
`;

async function bundleDriver(): Promise<string> {
  const outfile = join(temp.folder, "driver.mjs");
  await build({
    stdin: { contents: driver, loader: "ts", resolveDir: sources },
    bundle: true,
    platform: "node",
    format: "esm",
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    outfile,
    logLevel: "silent",
  });
  return outfile;
}

/** A source whose transfer stops half-way: at which request, and how it goes on again. */
interface StalledSource {
  readonly reference: ChartReference;
  readonly requests: readonly string[];
  readonly stalled: string;
  readonly recover: () => void;
  readonly close: () => Promise<void>;
}

async function stalledRepository(bytes: Buffer, path: string): Promise<StalledSource> {
  const repository = await startChartRepository([{ name: "app", version: "1.0.0", bytes }]);
  repository.faults.set(path, "stall");
  const reference = { type: "repository", url: repository.url, name: "app" } as const;
  return { ...repository, reference, stalled: `GET ${path}`, recover: () => repository.faults.clear() };
}

async function stalledRegistry(bytes: Buffer): Promise<StalledSource> {
  const registry = await startOciRegistry();
  registry.push("team/app", "1.0.0", bytes);
  registry.faults.set(sha256(bytes), "stall");
  const reference = { type: "oci", url: `oci://${registry.host}/team/app` } as const;
  const stalled = `GET /v2/team/app/blobs/${sha256(bytes)}`;
  return { ...registry, reference, stalled, recover: () => registry.faults.clear() };
}

async function filesInCache(): Promise<readonly string[]> {
  const entries = await readdir(temp.cache, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

test.each<readonly [string, (bytes: Buffer) => Promise<StalledSource>, wholeFiles: number]>([
  ["an index", (bytes) => stalledRepository(bytes, "/index.yaml"), 0],
  // The index is whole by then, with the note on it.
  ["an archive", (bytes) => stalledRepository(bytes, "/app-1.0.0.tgz"), 2],
  ["a registry's layer", stalledRegistry, 0],
])(
  "a process that is killed in the middle of %s leaves nothing that a later run could take for whole",
  async (_name, start, wholeFiles) => {
    const bytes = await packChart({ name: "app", version: "1.0.0", files: { "big.txt": "x".repeat(1_000_000) } });
    const source = await start(bytes);
    const child = spawn(process.execPath, [await bundleDriver(), JSON.stringify(source.reference)], {
      stdio: "inherit",
    });
    const exited = once(child, "exit");
    await expect.poll(() => source.requests, { timeout: 10_000 }).toContain(source.stalled);
    child.kill("SIGKILL");
    expect(await exited).toEqual([null, "SIGKILL"]);

    expect((await filesInCache()).filter((name) => !name.endsWith(".tmp"))).toHaveLength(wholeFiles);
    source.recover();
    const context = recordingContext();
    const candidate = await findChartVersion(source.reference, "1.0.0", context);
    const chart = await fetchChart(source.reference, candidate, null, context);
    expect(chart.digest).toBe(sha256(bytes));
    expect(await readdir(join(chart.path, ".."))).toHaveLength(2);
    await source.close();
  },
);

test("processes that fetch the same chart at the same time leave one good archive and nothing else", async () => {
  const bytes = await packChart({ name: "app", version: "1.0.0" });
  const repository = await startChartRepository([{ name: "app", version: "1.0.0", bytes }]);
  const reference = { type: "repository", url: repository.url, name: "app" };
  const program = await bundleDriver();
  const children = Array.from({ length: 3 }, () =>
    spawn(process.execPath, [program, JSON.stringify(reference)], { stdio: "inherit" }),
  );
  expect(await Promise.all(children.map((child) => once(child, "exit")))).toEqual([
    [0, null],
    [0, null],
    [0, null],
  ]);
  expect((await readdir(join(temp.cache, "charts", "sha256"))).map((name) => name.slice(-4)).toSorted()).toEqual([
    ".tgz",
    "json",
  ]);
  await repository.close();
});
