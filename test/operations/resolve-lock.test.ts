import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { parseLock } from "../../src/lock/parse-lock.ts";
import { ConfigError } from "../../src/model/errors.ts";
import type { Release, Stack } from "../../src/model/stack.ts";
import { checkLock, resolveLock } from "../../src/operations/resolve-lock.ts";
import { packChart, sha256, writeChartFolder } from "../support/chart-archive.ts";
import { indexText, startChartRepository, type ChartRepository } from "../support/chart-repository.ts";
import { startOciRegistry, type OciRegistry } from "../support/oci-registry.ts";
import { sampleRelease, sampleStack } from "../support/sample-stack.ts";
import { recordingContext, useTempCache } from "../support/temp-cache.ts";

const temp = useTempCache();
const app10 = await packChart({ name: "app", version: "1.0.0" });
const app11 = await packChart({ name: "app", version: "1.1.0" });
const app20 = await packChart({ name: "app", version: "2.0.0" });
const web = await packChart({ name: "web", version: "0.3.0" });

let repository: ChartRepository;
let registry: OciRegistry;
let project: string;
beforeEach(async () => {
  repository = await startChartRepository([
    { name: "app", version: "1.0.0", bytes: app10 },
    { name: "app", version: "2.0.0", bytes: app20 },
  ]);
  registry = await startOciRegistry();
  registry.push("team/web", "0.3.0", web);
  project = join(temp.folder, "project");
  await mkdir(join(project, "charts"), { recursive: true });
  await writeFile(join(project, "charts", "packed.tgz"), await packChart({ name: "packed", version: "4.5.6" }));
  await writeChartFolder(join(project, "charts", "local"), { name: "local", version: "0.1.0" });
});
afterEach(() => Promise.all([repository.close(), registry.close()]));

function publishApp11(): void {
  repository.files.set("/app-1.1.0.tgz", app11);
  const charts = [
    { name: "app", version: "1.0.0", bytes: app10 },
    { name: "app", version: "1.1.0", bytes: app11 },
  ];
  repository.files.set("/index.yaml", Buffer.from(indexText(charts)));
}

function appRelease(change: Partial<Release> = {}): Release {
  return sampleRelease({
    name: "app",
    chart: { type: "repository", url: repository.url, name: "app" },
    version: "^1.0.0",
    ...change,
  });
}

function allReleases(): readonly Release[] {
  return [
    sampleRelease({ name: "local", chart: { type: "folder", path: join(project, "charts", "local") } }),
    sampleRelease({ name: "web", chart: { type: "oci", url: `oci://${registry.host}/team/web` }, version: "0.3.0" }),
    appRelease(),
    appRelease({ name: "app-two" }),
    sampleRelease({ name: "packed", chart: { type: "archive", path: join(project, "charts", "packed.tgz") } }),
  ];
}

function stackOf(...releases: readonly Release[]): Stack {
  return sampleStack(join(project, "flotilla.yaml"), releases);
}

const lockText = (): Promise<string> => readFile(join(project, "flotilla.lock"), "utf8");
const lockAll = (stack: Stack) => resolveLock(stack, { write: true }, recordingContext());

function requestCount(): number {
  return repository.requests.length + registry.requests.length;
}

describe("without a lock", () => {
  test("every chart is resolved in the stack's order, and the lock is written and told of", async () => {
    const context = recordingContext();
    const resolved = await resolveLock(stackOf(...allReleases()), { write: true }, context);
    expect(resolved).toMatchObject({ written: true, file: join(project, "flotilla.lock") });
    expect(resolved.moved).toEqual(["web", "app", "app-two", "packed"]);
    expect(resolved.pinned.map(({ release, chart }) => `${release.name} ${chart.name} ${chart.version}`)).toEqual([
      "local local 0.1.0",
      "web web 0.3.0",
      "app app 1.0.0",
      "app-two app 1.0.0",
      "packed packed 4.5.6",
    ]);
    expect(context.events).toContainEqual({
      type: "notice",
      level: "info",
      message: "Wrote flotilla.lock: pinned web 0.3.0, app 1.0.0, app-two 1.0.0, packed 4.5.6.",
      hint: expect.stringContaining("Commit it") as string,
    });
    const { stack, entries } = parseLock(await lockText(), "flotilla.lock");
    expect(stack).toBe("demo");
    expect(entries.map(({ release, range, pin }) => [release, range, pin.source, pin.digest])).toEqual([
      ["app", "^1.0.0", repository.url, sha256(app10)],
      ["app-two", "^1.0.0", repository.url, sha256(app10)],
      ["packed", null, "charts/packed.tgz", sha256(await readFile(join(project, "charts", "packed.tgz")))],
      ["web", "0.3.0", `oci://${registry.host}/team/web`, sha256(web)],
    ]);
    expect(repository.requests).toEqual(["GET /index.yaml", "GET /app-1.0.0.tgz"]);
  });

  test("nothing is written when nothing may be, and nothing is said", async () => {
    const context = recordingContext();
    const resolved = await resolveLock(stackOf(appRelease()), { write: false }, context);
    expect(resolved).toMatchObject({ written: false, moved: ["app"] });
    await expect(lockText()).rejects.toMatchObject({ code: "ENOENT" });
    expect(context.events.filter(({ type }) => type === "notice")).toEqual([]);
  });

  test("a stack of folders needs none", async () => {
    const resolved = await lockAll(
      stackOf(sampleRelease({ name: "local", chart: { type: "folder", path: join(project, "charts", "local") } })),
    );
    expect(resolved).toMatchObject({ written: false, moved: [] });
    await expect(lockText()).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("the lock of another stack file in the same folder goes by that file's name", async () => {
    const stack = { ...stackOf(appRelease()), file: join(project, "other.yml") };
    expect(await lockAll(stack)).toMatchObject({ file: join(project, "other.lock"), written: true });
  });

  test("a range that nothing fits is answered with the nearest versions", async () => {
    await expect(lockAll(stackOf(appRelease({ version: "^1.5.0" })))).rejects.toMatchObject({
      code: "chart-not-found",
      message: `${repository.url} has no version that fits ^1.5.0 for the chart app of release app.`,
      hint: expect.stringContaining("1.0.0, 2.0.0") as string,
    });
  });

  test("the first failure is told, and the others do not go on", async () => {
    const bad = allReleases().map((release) => (release.name === "web" ? { ...release, version: "9.9.9" } : release));
    await expect(lockAll(stackOf(...bad))).rejects.toMatchObject({
      code: "chart-not-found",
      message: expect.stringContaining("9.9.9") as string,
    });
    const seen = requestCount();
    await new Promise((resolve) => setImmediate(resolve));
    expect(requestCount()).toBe(seen);
    await expect(lockText()).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("with a lock", () => {
  test("and a full cache, no network is touched and nothing is written or said", async () => {
    const stack = stackOf(...allReleases());
    const first = await lockAll(stack);
    const text = await lockText();
    const seen = requestCount();
    const context = recordingContext();
    const second = await resolveLock(stack, { write: true }, context);
    expect(second).toEqual({ ...first, written: false, moved: [] });
    expect(requestCount()).toBe(seen);
    expect(context.events).toEqual([]);
    expect(await lockText()).toBe(text);
  });

  test("and an empty cache, the same charts are fetched, though there are newer ones", async () => {
    const stack = stackOf(...allReleases());
    const first = await lockAll(stack);
    publishApp11();
    process.env["FLOTILLA_CACHE_DIR"] = join(temp.folder, "another-cache");
    const second = await lockAll(stack);
    expect(second.pinned.map(({ chart }) => chart.digest)).toEqual(first.pinned.map(({ chart }) => chart.digest));
    expect(second).toMatchObject({ written: false, moved: [] });
  });

  test("a chart with other bytes is refused, naming both digests", async () => {
    await lockAll(stackOf(appRelease()));
    const changed = await packChart({ name: "app", version: "1.0.0", appVersion: "evil" });
    repository.files.set("/app-1.0.0.tgz", changed);
    repository.files.set("/index.yaml", Buffer.from(indexText([{ name: "app", version: "1.0.0", bytes: changed }])));
    process.env["FLOTILLA_CACHE_DIR"] = join(temp.folder, "another-cache");
    await expect(lockAll(stackOf(appRelease()))).rejects.toMatchObject({
      code: "digest-mismatch",
      message: expect.stringMatching(new RegExp(`${sha256(changed)}.*flotilla.lock says ${sha256(app10)}`)) as string,
    });
  });

  test("of a stack file of another name, it has that name, in messages too", async () => {
    const stack = { ...stackOf(...allReleases()), file: join(project, "shop.yaml") };
    const context = recordingContext();
    expect(await resolveLock(stack, { write: true }, context)).toMatchObject({
      file: join(project, "shop.lock"),
      exists: true,
    });
    expect(context.events.map((event) => ("message" in event ? event.message : ""))).toContainEqual(
      expect.stringMatching(/^Wrote shop\.lock: /),
    );
    await writeFile(join(project, "charts", "packed.tgz"), await packChart({ name: "packed", version: "4.5.7" }));
    await expect(lockAll(stack)).rejects.toMatchObject({
      code: "digest-mismatch",
      message: expect.stringContaining("but shop.lock says") as string,
    });
    expect(await checkLock(stack, recordingContext())).toEqual([expect.stringContaining("but shop.lock says")]);
  });

  test("an archive on disk that changed is refused until its pin is moved", async () => {
    const packed = allReleases().filter(({ name }) => name === "packed");
    const stack = stackOf(...packed);
    await lockAll(stack);
    await writeFile(join(project, "charts", "packed.tgz"), await packChart({ name: "packed", version: "4.5.7" }));
    await expect(lockAll(stack)).rejects.toMatchObject({ code: "digest-mismatch" });
    expect(await checkLock(stack, recordingContext())).toEqual([expect.stringContaining("flotilla.lock says")]);
    const moved = await resolveLock(stack, { update: ["packed"], write: true }, recordingContext());
    expect(moved).toMatchObject({ written: true, moved: ["packed"] });
    expect(await checkLock(stack, recordingContext())).toEqual([]);
  });

  test("a release that is new in the stack file is pinned and written, the others stay", async () => {
    await lockAll(stackOf(appRelease()));
    publishApp11();
    const resolved = await lockAll(stackOf(appRelease(), appRelease({ name: "fresh" })));
    expect(resolved.moved).toEqual(["fresh"]);
    expect(resolved.pinned.map(({ chart }) => chart.version)).toEqual(["1.0.0", "1.1.0"]);
    expect(parseLock(await lockText(), "x").entries.map(({ release }) => release)).toEqual(["app", "fresh"]);
  });

  test.each([
    ["range", { version: "^2.0.0" }, "its version is ^2.0.0 in the stack file, but was ^1.0.0 when it was locked"],
    [
      "source",
      { chart: { type: "oci", url: "oci://ghcr.io/x/app" } },
      "its source is oci://ghcr.io/x/app in the stack file",
    ],
  ] as const)("a release whose %s changed is refused, not moved", async (_, change, message) => {
    await lockAll(stackOf(appRelease()));
    const text = await lockText();
    const changed = stackOf(appRelease(change));
    await expect(lockAll(changed)).rejects.toMatchObject({
      code: "lock-stale",
      message: expect.stringContaining(message) as string,
      hint: expect.stringContaining("flotilla lock") as string,
    });
    expect(await checkLock(changed, recordingContext())).toEqual([expect.stringContaining(message)]);
    expect(await lockText()).toBe(text);
  });

  test("of another stack, it is refused", async () => {
    await lockAll(stackOf(appRelease()));
    await expect(lockAll({ ...stackOf(appRelease()), name: "another" })).rejects.toMatchObject({
      code: "lock-stale",
      message: expect.stringContaining("belongs to the stack demo, not to another") as string,
    });
  });

  test("that is broken, file and line are told", async () => {
    await writeFile(join(project, "flotilla.lock"), "version: 1\nstack: demo\nreleases:\n  app: [\n");
    const error: unknown = await lockAll(stackOf(appRelease())).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({
      message: expect.stringMatching(/^The lock file \S*flotilla\.lock cannot be used$/) as string,
      problems: [{ line: expect.any(Number) as number, file: expect.stringContaining("flotilla.lock") as string }],
    });
  });

  test("that is no file, it is told as what is wrong with the project", async () => {
    await mkdir(join(project, "flotilla.lock"));
    await expect(lockAll(stackOf(appRelease()))).rejects.toMatchObject({
      code: "config-invalid",
      message: expect.stringMatching(/^The lock file \S*flotilla\.lock cannot be read: EISDIR/) as string,
    });
  });

  test("a release that is gone from the stack file keeps its entry until pins are moved", async () => {
    await lockAll(stackOf(appRelease(), appRelease({ name: "gone" })));
    const stack = stackOf(appRelease(), appRelease({ name: "fresh" }));
    await lockAll(stack);
    const names = async (): Promise<readonly string[]> =>
      parseLock(await lockText(), "x").entries.map(({ release }) => release);
    expect(await names()).toEqual(["app", "fresh", "gone"]);
    expect(await checkLock(stack, recordingContext())).toEqual([]);
    await resolveLock(stack, { update: [], write: true }, recordingContext());
    expect(await names()).toEqual(["app", "fresh"]);
  });
});

describe("moving pins", () => {
  const update = (stack: Stack, which: readonly string[] | "all") =>
    resolveLock(stack, { update: which, write: true }, recordingContext());
  const versions = (resolved: Awaited<ReturnType<typeof resolveLock>>): readonly string[] =>
    resolved.pinned.map(({ chart }) => chart.version);

  test.each([
    ["those that are stale", [], ["1.0.0", "2.0.0"], ["two"]],
    ["those that are named", ["one"], ["1.1.0", "2.0.0"], ["one", "two"]],
    ["all", "all", ["1.1.0", "2.0.0"], ["one", "two"]],
  ] as const)("moves %s", async (_, which, expected, moved) => {
    await lockAll(stackOf(appRelease({ name: "one" }), appRelease({ name: "two" })));
    publishApp11();
    const newest = [
      { name: "app", version: "1.0.0", bytes: app10 },
      { name: "app", version: "1.1.0", bytes: app11 },
      { name: "app", version: "2.0.0", bytes: app20 },
    ];
    repository.files.set("/index.yaml", Buffer.from(indexText(newest)));
    const resolved = await update(
      stackOf(appRelease({ name: "one" }), appRelease({ name: "two", version: "^2.0.0" })),
      which,
    );
    expect(versions(resolved)).toEqual(expected);
    expect(resolved).toMatchObject({ written: true, moved });
  });

  test("to where they are already changes nothing", async () => {
    await lockAll(stackOf(appRelease()));
    expect(await update(stackOf(appRelease()), "all")).toMatchObject({ written: false, moved: [] });
  });

  test("of a release that does not exist is a mistake", async () => {
    await expect(update(stackOf(appRelease()), ["ap"])).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining("has no release ap ") as string,
      hint: "Its releases: app.",
    });
  });

  test("takes a lock over from the stack's old name", async () => {
    await lockAll(stackOf(appRelease()));
    await update({ ...stackOf(appRelease()), name: "renamed" }, []);
    expect(parseLock(await lockText(), "x").stack).toBe("renamed");
  });
});

describe("a lock that is shared between machines", () => {
  test("fits charts in flotilla's cache and in folders elsewhere, wherever those are, and the digest decides", async () => {
    const inFolder = (folder: string): Release =>
      appRelease({ chart: { type: "repository", url: folder, name: "app" } });
    const mine = join(temp.cache, "packed");
    const theirs = join(temp.folder, "theirs", "packed");
    for (const folder of [mine, theirs]) {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, "app.tgz"), app10);
    }
    await lockAll(stackOf(inFolder(mine)));
    expect(await lockText()).toContain("source: cache:packed\n");
    process.env["FLOTILLA_CACHE_DIR"] = join(temp.folder, "another-cache");
    expect(await lockAll(stackOf(inFolder(theirs)))).toMatchObject({ written: false, moved: [] });
    await writeFile(join(theirs, "app.tgz"), await packChart({ name: "app", version: "1.0.0", appVersion: "other" }));
    process.env["FLOTILLA_CACHE_DIR"] = join(temp.folder, "third-cache");
    await expect(lockAll(stackOf(inFolder(theirs)))).rejects.toMatchObject({ code: "digest-mismatch" });
  });
});

describe("checking", () => {
  describe("charts of a folder", () => {
    let source: string;
    let stack: Stack;
    beforeEach(async () => {
      source = join(temp.folder, "packed");
      await mkdir(source);
      await writeFile(join(source, "app.tgz"), app10);
      stack = stackOf(appRelease({ chart: { type: "repository", url: source, name: "app" } }));
      await lockAll(stack);
    });
    const problems = () => checkLock(stack, recordingContext());

    test("finds them as they were pinned, or in the cache when they are gone", async () => {
      expect(await problems()).toEqual([]);
      await rm(source, { recursive: true });
      expect(await problems()).toEqual([]);
      process.env["FLOTILLA_CACHE_DIR"] = join(temp.folder, "another-cache");
      expect(await problems()).toEqual([`app: The folder of charts ${source} cannot be read`]);
    });

    test("names one that somebody changed, with both digests", async () => {
      const other = await packChart({ name: "app", version: "1.0.0", appVersion: "other" });
      await writeFile(join(source, "app.tgz"), other);
      expect(await problems()).toEqual([
        `app: The chart archive ${join(source, "app.tgz")} has digest ${sha256(other)}, but flotilla.lock says ${sha256(app10)}`,
      ]);
    });

    test("names one that somebody changed beside an index, too", async () => {
      await writeFile(
        join(source, "index.yaml"),
        indexText([{ name: "app", version: "1.0.0", bytes: app10, url: "app.tgz" }]),
      );
      await writeFile(join(source, "app.tgz"), app20);
      expect(await problems()).toEqual([expect.stringContaining(`has digest ${sha256(app20)}`)]);
    });
  });

  test("tells of a lock that is not there, and of releases without a pin, without asking anybody", async () => {
    const stack = stackOf(...allReleases());
    expect(await checkLock(stack, recordingContext())).toEqual(["There is no flotilla.lock"]);
    await lockAll(stackOf(appRelease()));
    const seen = requestCount();
    expect(await checkLock(stack, recordingContext())).toEqual([
      "web: it is not pinned",
      "app-two: it is not pinned",
      "packed: it is not pinned",
    ]);
    expect(requestCount()).toBe(seen);
  });
});
