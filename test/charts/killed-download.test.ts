import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";
import { expect, test } from "vitest";

import { fetchChart } from "../../src/charts/fetch-chart.ts";
import { findChartVersion } from "../../src/charts/list-versions.ts";
import type { ChartReference } from "../../src/model/stack.ts";
import { packChart } from "../support/chart-archive.ts";
import { startChartRepository } from "../support/chart-repository.ts";
import { recordingContext, useTempCache } from "../support/temp-cache.ts";

const temp = useTempCache();
const sources = resolve(fileURLToPath(import.meta.url), "../../../src/charts");

/** A program that fetches `app` 1.0.0 from the repository named by its argument. */
const driver = `
import { fetchChart } from ${JSON.stringify(join(sources, "fetch-chart.ts"))};
import { findChartVersion } from ${JSON.stringify(join(sources, "list-versions.ts"))};
const reference = { type: "repository", url: process.argv[2], name: "app" };
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

test("a process that is killed in the middle of a download leaves nothing that a later run could take for a chart", async () => {
  const bytes = await packChart({ name: "app", version: "1.0.0", files: { "big.txt": "x".repeat(1_000_000) } });
  const repository = await startChartRepository([{ name: "app", version: "1.0.0", bytes }]);
  repository.faults.set("/app-1.0.0.tgz", "stall");
  const child = spawn(process.execPath, [await bundleDriver(), repository.url], { stdio: "inherit" });
  const exited = once(child, "exit");
  await expect.poll(() => repository.requests, { timeout: 10_000 }).toContain("GET /app-1.0.0.tgz");
  child.kill("SIGKILL");
  expect(await exited).toEqual([null, "SIGKILL"]);

  await expect(access(join(temp.cache, "charts"))).rejects.toMatchObject({ code: "ENOENT" });
  repository.faults.clear();
  const reference: ChartReference = { type: "repository", url: repository.url, name: "app" };
  const context = recordingContext();
  const chart = await fetchChart(reference, await findChartVersion(reference, "1.0.0", context), null, context);
  expect(await readdir(join(chart.path, ".."))).toHaveLength(2);
  await repository.close();
});

test("processes that fetch the same chart at the same time leave one good archive and nothing else", async () => {
  const bytes = await packChart({ name: "app", version: "1.0.0" });
  const repository = await startChartRepository([{ name: "app", version: "1.0.0", bytes }]);
  const program = await bundleDriver();
  const children = Array.from({ length: 3 }, () =>
    spawn(process.execPath, [program, repository.url], { stdio: "inherit" }),
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
