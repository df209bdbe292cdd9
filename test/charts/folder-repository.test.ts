import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { beforeEach, expect, test } from "vitest";

import { fetchChart } from "../../src/charts/fetch-chart.ts";
import { findChartVersion, listChartVersions } from "../../src/charts/list-versions.ts";
import type { ChartReference } from "../../src/model/stack.ts";
import { packChart, sha256 } from "../support/chart-archive.ts";
import { indexText } from "../support/chart-repository.ts";
import { recordingContext, useTempCache } from "../support/temp-cache.ts";

const temp = useTempCache();
const app1 = await packChart({ name: "app", version: "1.0.0" });
const app2 = await packChart({ name: "app", version: "1.1.0" });
let folder: string;
let app: ChartReference;

beforeEach(async () => {
  folder = join(temp.folder, "charts");
  app = { type: "repository", url: folder, name: "app" };
  await mkdir(folder);
  await writeFile(join(folder, "app-1.0.0.tgz"), app1);
  await writeFile(join(folder, "named-otherwise.tgz"), app2);
  await writeFile(join(folder, "other-1.0.0.tgz"), await packChart({ name: "other", version: "1.0.0" }));
});

test("a folder of archives offers what their Chart.yaml says, whatever the files are called", async () => {
  expect(await listChartVersions(app, recordingContext())).toEqual([
    { version: "1.0.0", appVersion: "1.0", digest: sha256(app1), location: join(folder, "app-1.0.0.tgz") },
    { version: "1.1.0", appVersion: "1.0", digest: sha256(app2), location: join(folder, "named-otherwise.tgz") },
  ]);
});

test("a chart of a folder ends up in the cache, so that the folder may change", async () => {
  const context = recordingContext();
  const chart = await fetchChart(app, await findChartVersion(app, "1.1.0", context), null, context);
  expect(chart).toMatchObject({ version: "1.1.0", digest: sha256(app2), source: folder });
  expect(chart.path.startsWith(temp.cache)).toBe(true);
});

test("an archive that cannot be read is told of and hides no other", async () => {
  await writeFile(join(folder, "broken.tgz"), "no archive");
  const context = recordingContext();
  expect(await listChartVersions(app, context)).toHaveLength(2);
  expect(context.events).toMatchObject([
    { type: "notice", level: "warning", message: expect.stringContaining("broken.tgz") as string },
  ]);
});

test("an index in the folder says what there is", async () => {
  const index = indexText([{ name: "app", version: "1.1.0", bytes: app2, url: "named-otherwise.tgz" }]);
  await writeFile(join(folder, "index.yaml"), index);
  const context = recordingContext();
  expect(await listChartVersions(app, context)).toMatchObject([
    { version: "1.1.0", location: join(folder, "named-otherwise.tgz") },
  ]);
  await writeFile(join(folder, "named-otherwise.tgz"), app1);
  await expect(fetchChart(app, await findChartVersion(app, "1.1.0", context), null, context)).rejects.toMatchObject({
    code: "digest-mismatch",
  });
});

test("a chart that the folder does not have is answered with those that it has", async () => {
  const unknown: ChartReference = { type: "repository", url: folder, name: "something" };
  await expect(listChartVersions(unknown, recordingContext())).rejects.toMatchObject({
    code: "chart-not-found",
    hint: "It has: app, other.",
  });
});

test("a folder that is not there is an unreachable source", async () => {
  const gone: ChartReference = { type: "repository", url: join(temp.folder, "gone"), name: "app" };
  await expect(listChartVersions(gone, recordingContext())).rejects.toMatchObject({ code: "source-unreachable" });
});
