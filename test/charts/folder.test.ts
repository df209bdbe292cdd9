import { mkdir, rename, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { readFolderChart } from "../../src/charts/folder.ts";
import { packChart, writeChartFolder } from "../support/chart-archive.ts";
import { useTempCache } from "../support/temp-cache.ts";

const temp = useTempCache();

async function makeFolder(name = "app", files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = join(temp.folder, name);
  await writeChartFolder(folder, { name: "app", version: "1.0.0", files });
  return folder;
}

async function digestAfter(change: (folder: string) => Promise<unknown>): Promise<{ before: string; after: string }> {
  const folder = await makeFolder();
  const before = (await readFolderChart(folder)).digest;
  await change(folder);
  return { before, after: (await readFolderChart(folder)).digest };
}

test("a chart folder tells what its Chart.yaml says, and is used in place", async () => {
  const path = await makeFolder();
  const chart = await readFolderChart(path);
  expect(chart).toMatchObject({ name: "app", version: "1.0.0", appVersion: "1.0", path, source: path });
  expect(chart.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test("a folder's hooks that run after readiness are seen, packed or not", async () => {
  const hook = { "templates/job.yaml": 'metadata: { annotations: { "helm.sh/hook": post-install } }\n' };
  expect(await readFolderChart(await makeFolder("plain"))).toMatchObject({ postHooks: false });
  expect(await readFolderChart(await makeFolder("hooked", hook))).toMatchObject({ postHooks: true });
  const outer = await makeFolder("outer", { "charts/README.md": "x" });
  await writeFile(join(outer, "charts", "in.tgz"), await packChart({ name: "in", version: "1.0.0", files: hook }));
  expect(await readFolderChart(outer)).toMatchObject({ postHooks: true });
});

describe("the digest of a folder", () => {
  test("is the same for the same files, wherever and whenever they were written", async () => {
    const one = await makeFolder("one");
    const two = await makeFolder("two");
    await utimes(join(two, "values.yaml"), 0, 0);
    expect((await readFolderChart(two)).digest).toBe((await readFolderChart(one)).digest);
  });

  test.each<readonly [string, (folder: string) => Promise<unknown>]>([
    ["a changed byte", (folder) => writeFile(join(folder, "values.yaml"), "replicas: 2\n")],
    ["a new file", (folder) => writeFile(join(folder, "templates", "new.yaml"), "")],
    ["a renamed file", (folder) => rename(join(folder, "values.yaml"), join(folder, "values.yml"))],
    ["a new link", (folder) => symlink("values.yaml", join(folder, "linked.yaml"))],
  ])("changes with %s", async (_, change) => {
    const { before, after } = await digestAfter(change);
    expect(after).not.toBe(before);
  });

  test("does not change with what git keeps", async () => {
    const { before, after } = await digestAfter(async (folder) => {
      await mkdir(join(folder, ".git"));
      await writeFile(join(folder, ".git", "HEAD"), "ref: refs/heads/main\n");
    });
    expect(after).toBe(before);
  });

  test("sees through a link to a folder within the chart", async () => {
    const folder = await makeFolder("app", { "shared/a.txt": "1" });
    await symlink("../shared", join(folder, "templates", "shared"));
    const before = (await readFolderChart(folder)).digest;
    await writeFile(join(folder, "shared", "a.txt"), "2");
    expect((await readFolderChart(folder)).digest).not.toBe(before);
  });
});

describe("a folder is refused", () => {
  test("when it is not there", async () => {
    const path = join(temp.folder, "gone");
    await expect(readFolderChart(path)).rejects.toMatchObject({ code: "chart-not-found" });
  });

  test("when it has no Chart.yaml", async () => {
    await expect(readFolderChart(temp.folder)).rejects.toMatchObject({
      code: "chart-invalid",
      message: expect.stringContaining("no Chart.yaml") as string,
    });
  });

  test.each([
    ["out", "../outside", "link templates/link leads out"],
    ["out by an absolute path", "/etc", "link templates/link leads out"],
    ["nowhere", "missing", "link templates/link leads nowhere"],
    ["to a folder above itself", "..", "leads to a folder above itself"],
  ])("when a link leads %s", async (_, target, message) => {
    const folder = await makeFolder();
    await mkdir(join(folder, "..", "outside"));
    await mkdir(join(folder, "outside"));
    await symlink(target === "../outside" ? "../../outside" : target, join(folder, "templates", "link"));
    await expect(readFolderChart(folder)).rejects.toMatchObject({
      code: "chart-invalid",
      message: expect.stringContaining(message) as string,
    });
  });
});

describe("dependencies", () => {
  const dependent =
    "apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n" +
    "  - { name: one, version: 1.x, repository: https://example.test }\n  - { name: two, version: 1.x, repository: https://example.test }\n";

  test("that are not in charts/ are named, with the command that brings them", async () => {
    const folder = await makeFolder("app", { "Chart.yaml": dependent });
    await writeChartFolder(join(folder, "charts", "one"), { name: "one", version: "1.0.0" });
    await expect(readFolderChart(folder)).rejects.toMatchObject({
      code: "chart-invalid",
      message: `The chart folder ${folder} depends on two, but its charts/ does not hold it.`,
      hint: `Run \`helm dependency build ${folder}\`.`,
    });
  });

  test("may be there as a folder or packed, library charts as well", async () => {
    const folder = await makeFolder("app", { "Chart.yaml": dependent });
    const library = { "Chart.yaml": "apiVersion: v2\nname: one\nversion: 1.0.0\ntype: library\n" };
    await writeChartFolder(join(folder, "charts", "named-otherwise"), {
      name: "one",
      version: "1.0.0",
      files: library,
    });
    await writeFile(join(folder, "charts", "two-1.0.0.tgz"), await packChart({ name: "two", version: "1.0.0" }));
    expect(await readFolderChart(folder)).toMatchObject({ name: "app" });
  });

  test("of old charts are read from requirements.yaml", async () => {
    const requirements = "dependencies:\n- name: old\n  version: 1.0.0\n";
    const folder = await makeFolder("app", { "requirements.yaml": requirements });
    await expect(readFolderChart(folder)).rejects.toMatchObject({
      message: expect.stringContaining("depends on old") as string,
    });
  });
});
