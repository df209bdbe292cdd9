import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { fetchChart } from "../../src/charts/fetch-chart.ts";
import { findChartVersion, listChartVersions } from "../../src/charts/list-versions.ts";
import { FlotillaError } from "../../src/model/errors.ts";
import type { ChartReference } from "../../src/model/stack.ts";
import { withDeadline } from "../../src/runtime/abort.ts";
import { lockedAt, packChart, packEntries, sha256 } from "../support/chart-archive.ts";
import { indexText, startChartRepository, type ChartRepository } from "../support/chart-repository.ts";
import { recordingContext, useTempCache } from "../support/temp-cache.ts";

const temp = useTempCache();
const app1 = await packChart({ name: "app", version: "1.0.0" });
const app2 = await packChart({ name: "app", version: "1.1.0" });
const digest1 = sha256(app1);

let repository: ChartRepository;
let app: ChartReference;
beforeEach(async () => {
  repository = await startChartRepository([
    { name: "app", version: "1.0.0", bytes: app1 },
    { name: "app", version: "1.1.0", bytes: app2 },
    { name: "other", version: "9.0.0", bytes: app1 },
  ]);
  app = { type: "repository", url: repository.url, name: "app" };
});
afterEach(() => repository.close());

async function fetchVersion(version: string, expectedDigest: string | null = null, context = recordingContext()) {
  return fetchChart(app, await findChartVersion(app, version, context), lockedAt(expectedDigest), context);
}

function replaceIndex(...charts: Parameters<typeof indexText>[0][number][]): void {
  repository.files.set("/index.yaml", Buffer.from(indexText(charts)));
}

describe("listing", () => {
  test("gives the versions with digests and absolute addresses", async () => {
    expect(await listChartVersions(app, recordingContext())).toEqual([
      { version: "1.0.0", appVersion: "1.0", digest: digest1, location: `${repository.url}/app-1.0.0.tgz` },
      { version: "1.1.0", appVersion: "1.0", digest: sha256(app2), location: `${repository.url}/app-1.1.0.tgz` },
    ]);
  });

  test("asks for the index once per run, and the next run is told that it did not change", async () => {
    const context = recordingContext();
    await Promise.all([listChartVersions(app, context), listChartVersions(app, context)]);
    await listChartVersions({ type: "repository", url: `${repository.url}/`, name: "other" }, context);
    expect(repository.requests).toEqual(["GET /index.yaml"]);
    // A server that would break off a second transfer: only "not modified" comes through.
    repository.faults.set("/index.yaml", "cut");
    expect(await listChartVersions(app, recordingContext())).toHaveLength(2);
    expect(repository.requests).toHaveLength(2);
  });

  test("sees an index that changed since the last run", async () => {
    await listChartVersions(app, recordingContext());
    replaceIndex({ name: "app", version: "2.0.0", bytes: app1 });
    expect(await listChartVersions(app, recordingContext())).toMatchObject([{ version: "2.0.0" }]);
  });

  test("asks anew for an index that was damaged in the cache", async () => {
    await listChartVersions(app, recordingContext());
    const folder = join(temp.cache, "indexes");
    const [name = ""] = (await readdir(folder)).filter((file) => file.endsWith(".yaml"));
    const text = await readFile(join(folder, name), "utf8");
    await writeFile(join(folder, name), text.replace("1.1.0", "9.9.9"));
    expect(await listChartVersions(app, recordingContext())).toHaveLength(2);
    expect(await readFile(join(folder, name), "utf8")).toBe(text);
  });

  test("asks anew when something between says that nothing changed, and there is nothing", async () => {
    repository.faults.set("/index.yaml", 304);
    const listing = listChartVersions(app, recordingContext());
    await expect(listing).rejects.toMatchObject({ code: "source-unreachable" });
    expect(repository.requests).toEqual(["GET /index.yaml", "GET /index.yaml"]);
  });

  test("keeps an index and the one before it, and leaves no half one of a transfer that broke off", async () => {
    const stored = async (): Promise<number> =>
      (await readdir(join(temp.cache, "indexes"))).filter((file) => !file.endsWith(".json")).length;
    for (const version of ["2.0.0", "2.1.0", "2.2.0", "2.3.0"]) {
      replaceIndex({ name: "app", version, bytes: app1 });
      expect(await listChartVersions(app, recordingContext())).toMatchObject([{ version }]);
    }
    expect(await stored()).toBe(2);
    replaceIndex({ name: "app", version: "3.0.0", bytes: app1 });
    repository.faults.set("/index.yaml", "cut");
    await expect(listChartVersions(app, recordingContext())).rejects.toMatchObject({ code: "source-unreachable" });
    expect(await stored()).toBe(2);
  });

  test("takes away what a run that was killed left an hour ago, and nothing younger", async () => {
    const folder = join(temp.cache, "indexes");
    await mkdir(folder, { recursive: true });
    for (const name of ["1.old.tmp", "2.young.tmp"]) await writeFile(join(folder, name), "half");
    const twoHoursAgo = Date.now() / 1000 - 7200;
    await utimes(join(folder, "1.old.tmp"), twoHoursAgo, twoHoursAgo);
    await listChartVersions(app, recordingContext());
    expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual(["2.young.tmp"]);
  });

  test("names the chart that was probably meant", async () => {
    const misspelt: ChartReference = { type: "repository", url: repository.url, name: "oter" };
    await expect(listChartVersions(misspelt, recordingContext())).rejects.toMatchObject({
      code: "chart-not-found",
      message: `${repository.url} has no chart "oter".`,
      hint: 'Did you mean "other"?',
    });
  });

  test("names the newest versions when the one asked for is not there", async () => {
    await expect(findChartVersion(app, "1.0.7", recordingContext())).rejects.toMatchObject({
      code: "chart-not-found",
      hint: expect.stringContaining("1.1.0, 1.0.0") as string,
    });
  });

  test("takes no files of this machine from an index of elsewhere", async () => {
    replaceIndex({ name: "app", version: "1.0.0", bytes: app1, url: "file:///etc/passwd" });
    expect(await listChartVersions(app, recordingContext())).toEqual([]);
  });

  test.each([
    [401, "source-denied"],
    [403, "source-denied"],
    [404, "source-unreachable"],
    [429, "source-unreachable"],
    [503, "source-unreachable"],
  ])("an index that answers %d is %s, with its address", async (status, code) => {
    repository.faults.set("/index.yaml", status);
    await expect(listChartVersions(app, recordingContext())).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`${repository.url}/index.yaml`) as string,
      hint: expect.any(String) as string,
    });
  });

  test("a server that is not there is named, with a hint at proxies", async () => {
    await repository.close();
    const gone = app;
    repository = await startChartRepository([]);
    await expect(listChartVersions(gone, recordingContext())).rejects.toMatchObject({
      code: "source-unreachable",
      message: expect.stringMatching(/127\.0\.0\.1:\d+ cannot be reached/) as string,
      hint: expect.stringContaining("HTTPS_PROXY") as string,
    });
  });
});

describe("fetching", () => {
  test("puts the archive into the cache under its digest and tells of it", async () => {
    const context = recordingContext();
    const chart = await fetchVersion("1.0.0", null, context);
    expect(chart).toEqual({
      name: "app",
      version: "1.0.0",
      appVersion: "1.0",
      digest: digest1,
      path: join(temp.cache, "charts", "sha256", `${digest1.slice(7)}.tgz`),
      source: repository.url,
      postHooks: false,
    });
    expect((await readFile(chart.path)).equals(app1)).toBe(true);
    expect(context.events).toMatchObject([{ type: "task-started" }, { type: "task-finished", detail: "" }]);
  });

  test("asks nobody when the cache has the digest that is expected", async () => {
    await fetchVersion("1.0.0");
    await repository.close();
    const context = recordingContext();
    expect(await fetchChart(app, null, lockedAt(digest1), context)).toMatchObject({
      version: "1.0.0",
      digest: digest1,
    });
    expect(context.events).toEqual([]);
    repository = await startChartRepository([]);
  });

  test("of one chart by several releases at once is one download", async () => {
    const context = recordingContext();
    const charts = await Promise.all(Array.from({ length: 5 }, () => fetchVersion("1.0.0", null, context)));
    expect(new Set(charts.map(({ path }) => path)).size).toBe(1);
    expect(repository.requests.filter((request) => request.includes("tgz"))).toHaveLength(1);
  });

  test("by several runs at once leaves one good archive and nothing else", async () => {
    const charts = await Promise.all(Array.from({ length: 8 }, () => fetchVersion("1.0.0")));
    expect(charts.every(({ digest }) => digest === digest1)).toBe(true);
    const files = await readdir(join(temp.cache, "charts", "sha256"));
    expect(files.toSorted()).toEqual([`${digest1.slice(7)}.json`, `${digest1.slice(7)}.tgz`]);
  });

  test("takes an archive anew that was damaged in the cache", async () => {
    const { path } = await fetchVersion("1.0.0");
    await writeFile(path, app1.subarray(0, 100));
    const chart = await fetchVersion("1.0.0", digest1);
    expect((await readFile(chart.path)).equals(app1)).toBe(true);
  });

  test("refuses an archive that differs from its index, naming both digests", async () => {
    repository.files.set("/app-1.0.0.tgz", app2);
    await expect(fetchVersion("1.0.0")).rejects.toMatchObject({
      code: "digest-mismatch",
      message: expect.stringMatching(new RegExp(`${sha256(app2)}.*index of its repository says ${digest1}`)) as string,
    });
    await expect(readdir(temp.cache)).resolves.not.toContain("charts");
  });

  test("refuses an archive that differs from the lock, even when its index agrees with it", async () => {
    replaceIndex({ name: "app", version: "1.0.0", bytes: app2 });
    repository.files.set("/app-1.0.0.tgz", app2);
    await expect(fetchVersion("1.0.0", digest1)).rejects.toMatchObject({
      code: "digest-mismatch",
      message: expect.stringMatching(new RegExp(`${sha256(app2)}.*flotilla.lock says ${digest1}`)) as string,
    });
  });

  test("refuses an archive of another version than its index says", async () => {
    replaceIndex({ name: "app", version: "1.0.5", bytes: app1, url: "app-1.0.0.tgz" });
    const wrong = { code: "chart-invalid", message: expect.stringContaining("Chart.yaml says 1.0.0") as string };
    await expect(fetchVersion("1.0.5")).rejects.toMatchObject(wrong);
    // The same once the cache has it.
    await expect(fetchVersion("1.0.5")).rejects.toMatchObject(wrong);
  });

  test("keeps an unsafe archive out of the cache", async () => {
    const evil = await packEntries([{ name: "app/../../evil", content: "x" }]);
    replaceIndex({ name: "app", version: "1.0.0", bytes: evil });
    repository.files.set("/app-1.0.0.tgz", evil);
    await expect(fetchVersion("1.0.0")).rejects.toMatchObject({ code: "chart-invalid" });
    await expect(readdir(temp.cache)).resolves.not.toContain("charts");
  });

  test.each([
    [404, "chart-not-found"],
    [403, "source-denied"],
    [500, "source-unreachable"],
  ])("an archive that answers %d is %s", async (status, code) => {
    repository.faults.set("/app-1.0.0.tgz", status);
    await expect(fetchVersion("1.0.0")).rejects.toMatchObject({ code });
  });

  test("of an archive that breaks off fails and can be tried again", async () => {
    repository.faults.set("/app-1.0.0.tgz", "cut");
    await expect(fetchVersion("1.0.0")).rejects.toMatchObject({
      code: "source-unreachable",
      message: expect.stringContaining(repository.host) as string,
    });
    await expect(readdir(temp.cache)).resolves.not.toContain("charts");
    repository.faults.clear();
    expect(await fetchVersion("1.0.0")).toMatchObject({ digest: digest1 });
  });

  test("of an archive that stalls ends with the run's own deadline", async () => {
    repository.faults.set("/app-1.0.0.tgz", "stall");
    const late = new FlotillaError("timeout", "The run took too long.");
    const deadline = withDeadline(new AbortController().signal, 300, () => late);
    await expect(fetchVersion("1.0.0", null, recordingContext(deadline.signal))).rejects.toBe(late);
    deadline.clear();
    await expect(readdir(temp.cache)).resolves.not.toContain("charts");
  });

  test.each([
    ["relative to a folder", "charts/app-1.0.0.tgz", "/charts/app-1.0.0.tgz"],
    ["relative to the host", "/elsewhere/app.tgz", "/elsewhere/app.tgz"],
  ])("understands addresses %s", async (_, url, path) => {
    replaceIndex({ name: "app", version: "1.0.0", bytes: app1, url });
    repository.files.set(path, app1);
    expect(await fetchVersion("1.0.0")).toMatchObject({ digest: digest1 });
  });

  test("follows an address to another server", async () => {
    const other = await startChartRepository([{ name: "app", version: "1.0.0", bytes: app1 }]);
    replaceIndex({ name: "app", version: "1.0.0", bytes: app1, url: `${other.url}/app-1.0.0.tgz` });
    expect(await fetchVersion("1.0.0")).toMatchObject({ digest: digest1 });
    expect(other.requests).toEqual(["GET /app-1.0.0.tgz"]);
    await other.close();
  });
});

test("a repository below a path and with a query is asked there, and errors do not show the query", async () => {
  repository.files.set("/team/index.yaml", Buffer.from(indexText([{ name: "app", version: "1.0.0", bytes: app1 }])));
  repository.files.set("/team/app-1.0.0.tgz", app1);
  const secret: ChartReference = { type: "repository", url: `${repository.url}/team?token=s3cret`, name: "app" };
  const context = recordingContext();
  const chart = await fetchChart(secret, await findChartVersion(secret, "1.0.0", context), null, context);
  expect(repository.requests).toEqual(["GET /team/index.yaml?token=s3cret", "GET /team/app-1.0.0.tgz?token=s3cret"]);
  expect(JSON.stringify([chart, context.events])).not.toContain("s3cret");
  repository.faults.set("/team/index.yaml", 500);
  await expect(listChartVersions(secret, recordingContext())).rejects.toMatchObject({
    message: expect.not.stringContaining("s3cret") as string,
  });
});
