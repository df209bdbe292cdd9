import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { parseLock } from "../../src/lock/parse-lock.ts";
import type { DependencyPin } from "../../src/model/lock.ts";
import type { Stack } from "../../src/model/stack.ts";
import { checkLock, resolveLock } from "../../src/operations/resolve-lock.ts";
import { packChart, sha256, writeChartFolder } from "../support/chart-archive.ts";
import { indexText, startChartRepository, type ChartRepository } from "../support/chart-repository.ts";
import { startOciRegistry, type OciRegistry } from "../support/oci-registry.ts";
import { sampleRelease, sampleStack } from "../support/sample-stack.ts";
import { recordingContext, useTempCache } from "../support/temp-cache.ts";

const temp = useTempCache();
const db10 = await packChart({ name: "db", version: "1.0.0" });
const db11 = await packChart({ name: "db", version: "1.1.0" });
const library = await packChart({
  name: "common",
  version: "2.0.0",
  files: { "Chart.yaml": "apiVersion: v2\nname: common\nversion: 2.0.0\ntype: library\n" },
});

let repository: ChartRepository;
let registry: OciRegistry;
let chart: string;
beforeEach(async () => {
  repository = await startChartRepository([
    { name: "db", version: "1.0.0", bytes: db10 },
    { name: "db", version: "1.1.0", bytes: db11 },
  ]);
  registry = await startOciRegistry();
  registry.push("team/common", "2.0.0", library);
  chart = join(temp.folder, "project", "charts", "shop");
});
afterEach(() => Promise.all([repository.close(), registry.close()]));

/** Writes the chart with these dependencies, given as flow mappings. */
async function dependOn(...dependencies: readonly string[]): Promise<void> {
  const list = dependencies.map((dependency) => `  - ${dependency}\n`).join("");
  const text = `apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n${list}`;
  await writeChartFolder(chart, { name: "shop", version: "1.0.0", files: { "Chart.yaml": text } });
}

const db = (range = "1.x"): string => `{ name: db, version: ${range}, repository: "${repository.url}" }`;
const common = (): string => `{ name: common, version: ~2.0.0, repository: "oci://${registry.host}/team" }`;

function stack(): Stack {
  const release = sampleRelease({ name: "shop", chart: { type: "folder", path: chart } });
  return sampleStack(join(temp.folder, "project", "flotilla.yaml"), [release]);
}

const up = () => resolveLock(stack(), { write: true }, recordingContext());
const lock = (update: readonly string[] | "all" = []) =>
  resolveLock(stack(), { write: true, update }, recordingContext());
async function pins(): Promise<readonly DependencyPin[]> {
  const text = await readFile(join(temp.folder, "project", "flotilla.lock"), "utf8");
  return parseLock(text, "flotilla.lock").folders[0]?.dependencies ?? [];
}
const asked = (): number => repository.requests.length + registry.requests.length;

describe("dependencies that do not lie in charts/", () => {
  test("are fetched, libraries too, and helm gets a copy that holds them; the folder stays as it is", async () => {
    await dependOn(db(), common());
    const before = await readdir(chart, { recursive: true });
    const { pinned, moved } = await up();
    expect(moved).toEqual(["shop"]);
    const [made] = pinned;
    expect(made?.chart).toMatchObject({ name: "shop", version: "1.0.0", source: chart });
    expect(made?.chart.path).toBe(join(temp.cache, "charts", "folders", made?.chart.digest.slice(7) ?? ""));
    expect((await readdir(join(made?.chart.path ?? "", "charts"))).toSorted()).toEqual([
      "common-2.0.0.tgz",
      "db-1.1.0.tgz",
    ]);
    expect(await readdir(chart, { recursive: true })).toEqual(before);
    expect(await pins()).toEqual([
      {
        name: "common",
        version: "2.0.0",
        source: `oci://${registry.host}/team/common`,
        digest: sha256(library),
        range: "~2.0.0",
      },
      { name: "db", version: "1.1.0", source: repository.url, digest: sha256(db11), range: "1.x" },
    ]);
    expect(await checkLock(stack(), recordingContext())).toEqual([]);
  });

  test("are not asked for again, and not made again, once lock and cache have them", async () => {
    await dependOn(db());
    const first = await up();
    const seen = asked();
    expect(await up()).toEqual({ ...first, moved: [], written: false });
    expect(asked()).toBe(seen);
    // A copy that was damaged is.
    await writeFile(join(first.pinned[0]?.chart.path ?? "", "values.yaml"), "replicas: 9\n");
    expect((await up()).pinned[0]?.chart).toEqual(first.pinned[0]?.chart);
    expect(await readFile(join(first.pinned[0]?.chart.path ?? "", "values.yaml"), "utf8")).toBe("replicas: 1\n");
  });

  test("stay where they are pinned until pins are moved", async () => {
    await dependOn(db("1.0.x"));
    await up();
    await dependOn(db());
    await expect(up()).rejects.toMatchObject({
      code: "lock-stale",
      message: expect.stringContaining(
        "the version of its dependency db is 1.x in Chart.yaml, but was 1.0.x when it was locked",
      ) as string,
    });
    expect(await checkLock(stack(), recordingContext())).toEqual([expect.stringContaining("but was 1.0.x")]);
    expect(await lock()).toMatchObject({ moved: ["shop"], written: true });
    expect(await pins()).toMatchObject([{ version: "1.1.0" }]);
  });

  test("come in the version of Chart.lock where that fits, and move on when asked", async () => {
    await dependOn(db());
    await writeFile(
      join(chart, "Chart.lock"),
      `dependencies:\n- name: db\n  repository: ${repository.url}\n  version: 1.0.0\n`,
    );
    await up();
    expect(await pins()).toMatchObject([{ version: "1.0.0", digest: sha256(db10) }]);
    await writeFile(join(chart, "Chart.lock"), "dependencies:\n- name: db\n  version: 1.1.0\n");
    await lock(["shop"]);
    expect(await pins()).toMatchObject([{ version: "1.1.0" }]);
  });

  test("with other bytes than the lock's are refused, naming both digests", async () => {
    await dependOn(db("1.0.0"));
    await up();
    const evil = await packChart({ name: "db", version: "1.0.0", appVersion: "evil" });
    repository.files.set("/db-1.0.0.tgz", evil);
    repository.files.set("/index.yaml", Buffer.from(indexText([{ name: "db", version: "1.0.0", bytes: evil }])));
    process.env["FLOTILLA_CACHE_DIR"] = join(temp.folder, "another-cache");
    await expect(up()).rejects.toMatchObject({
      code: "digest-mismatch",
      message: expect.stringMatching(new RegExp(`${sha256(evil)}.*flotilla.lock says ${sha256(db10)}`)) as string,
    });
  });

  test("may be a folder beside the chart, which is no pin", async () => {
    await dependOn('{ name: shared, version: 1.x, repository: "file://../shared" }');
    await writeChartFolder(join(chart, "..", "shared"), { name: "shared", version: "1.0.0" });
    const { pinned, written } = await up();
    expect(written).toBe(false);
    expect(await readdir(join(pinned[0]?.chart.path ?? "", "charts", "shared"))).toContain("Chart.yaml");
  });

  test("from a repository that only helm knows are found by its name there", async () => {
    await writeFile(
      join(temp.folder, "helm-repositories.yaml"),
      `repositories:\n- name: corp\n  url: ${repository.url}/\n`,
    );
    await dependOn('{ name: db, version: 1.0.0, repository: "@corp" }');
    await up();
    expect(await pins()).toMatchObject([{ source: repository.url, digest: sha256(db10) }]);
    await dependOn('{ name: db, version: 1.0.0, repository: "alias:none" }');
    await expect(up()).rejects.toMatchObject({
      code: "chart-invalid",
      message: `The chart folder ${chart} names the repository "none", which helm does not know.`,
    });
  });

  test("without a repository must lie there: the hint is helm's command", async () => {
    await dependOn("{ name: db, version: 1.x }");
    await expect(up()).rejects.toMatchObject({ hint: `Run \`helm dependency build ${chart}\`.` });
  });
});

describe("dependencies that lie in charts/", () => {
  async function place(name: string, bytes: Buffer): Promise<void> {
    await mkdir(join(chart, "charts"), { recursive: true });
    await writeFile(join(chart, "charts", name), bytes);
  }

  test("are used as they are and pinned; nobody is asked", async () => {
    await dependOn(db());
    await place("db-1.0.0.tgz", db10);
    const { pinned } = await up();
    expect(pinned[0]?.chart.path).toBe(chart);
    expect(await pins()).toMatchObject([{ version: "1.0.0", digest: sha256(db10) }]);
    expect(asked()).toBe(0);
  });

  test("are refused when they change under the lock, and taken when the pin is moved", async () => {
    await dependOn(db());
    await place("db-1.0.0.tgz", db10);
    await up();
    const evil = await packChart({ name: "db", version: "1.0.0", appVersion: "evil" });
    await place("db-1.0.0.tgz", evil);
    const both = new RegExp(`${sha256(evil)}.*flotilla.lock says ${sha256(db10)}`);
    await expect(up()).rejects.toMatchObject({
      code: "digest-mismatch",
      message: expect.stringMatching(both) as string,
    });
    expect(await checkLock(stack(), recordingContext())).toEqual([expect.stringMatching(both)]);
    await lock("all");
    expect(await pins()).toMatchObject([{ digest: sha256(evil) }]);
  });

  test("as folders are a part of the chart: no pin", async () => {
    await dependOn(db());
    await writeChartFolder(join(chart, "charts", "db"), { name: "db", version: "1.0.0" });
    expect(await up()).toMatchObject({ written: false, moved: [] });
    expect(asked()).toBe(0);
  });
});

test("a check tells of dependencies without a pin, without asking anybody", async () => {
  await dependOn(db());
  expect(await checkLock(stack(), recordingContext())).toEqual(["There is no flotilla.lock"]);
  await writeFile(join(temp.folder, "project", "flotilla.lock"), "version: 1\nstack: demo\nreleases: {}\n");
  expect(await checkLock(stack(), recordingContext())).toEqual(["shop: its dependency db is not pinned"]);
  expect(asked()).toBe(0);
});
