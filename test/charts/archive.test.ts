import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { describe, expect, test } from "vitest";

import { inspectArchive } from "../../src/charts/archive.ts";
import { cacheChart, readCachedChart } from "../../src/charts/cache.ts";
import { fetchChart } from "../../src/charts/fetch-chart.ts";
import { packChart, packEntries, sha256, type PackedEntry } from "../support/chart-archive.ts";
import { recordingContext, useTempCache } from "../support/temp-cache.ts";

const temp = useTempCache();
const chartFile = { name: "app/Chart.yaml", content: "apiVersion: v2\nname: app\nversion: 1.2.3\n" };

test("a chart archive tells name, version and app version as they are written, and the digest of its bytes", async () => {
  const bytes = await packEntries([
    { name: "./app/", type: "directory" },
    { name: "./app/Chart.yaml", content: "apiVersion: v2\nname: app\nversion: 1.2.3\nappVersion: 1.10\n" },
    { name: "app/link", type: "symlink", linkname: "Chart.yaml" },
  ]);
  const path = join(temp.folder, "app-1.2.3.tgz");
  await writeFile(path, bytes);
  expect(await fetchChart({ type: "archive", path }, null, null, recordingContext())).toEqual({
    name: "app",
    version: "1.2.3",
    appVersion: "1.10",
    digest: sha256(bytes),
    path: join(temp.cache, "charts", "sha256", `${sha256(bytes).slice(7)}.tgz`),
    source: path,
    postHooks: false,
  });
});

const hook = (phase: string): string => `metadata:\n  annotations:\n    "helm.sh/hook": ${phase}\n`;
const packed = (files: Readonly<Record<string, string>>): Promise<Buffer> =>
  packChart({ name: "inner", version: "1.0.0", files });

const hooked = await packed({ "templates/j.yaml": hook("post-install") });
const plain = await packed({});

describe("hooks that run after readiness are seen", () => {
  test.each<readonly [boolean, string, readonly PackedEntry[]]>([
    [true, "in a template", [{ name: "app/templates/a/job.yaml", content: hook("pre-install,post-install") }]],
    [true, "in a chart within", [{ name: "app/charts/x/charts/y/templates/job.yaml", content: hook("post-upgrade") }]],
    [true, "in a packed chart within", [{ name: "app/charts/x.tgz", content: hooked }]],
    [
      true,
      "when annotation and phase stand apart",
      [
        { name: "app/templates/a", content: hook("{{ .x }}") },
        { name: "app/templates/_b.tpl", content: "post-install" },
      ],
    ],
    [false, "but not those before it", [{ name: "app/templates/job.yaml", content: hook("pre-install,post-delete") }]],
    [false, "nor what the notes say", [{ name: "app/templates/NOTES.txt", content: hook("post-install") }]],
    [
      false,
      "nor other files",
      [
        { name: "app/files/templates/x", content: hook("post-install") },
        { name: "app/README.md", content: hook("post-install") },
      ],
    ],
    [false, "nor packed charts without", [{ name: "app/charts/x.tgz", content: plain }]],
  ])("%s: %s", async (expected, _, entries) => {
    expect((await inspectArchive(await packEntries([chartFile, ...entries]), "app.tgz")).postHooks).toBe(expected);
  });
});

test("a library chart can be depended on, but not installed", async () => {
  const bytes = await packEntries([{ ...chartFile, content: `${chartFile.content}type: library\n` }]);
  const path = join(temp.folder, "library.tgz");
  await writeFile(path, bytes);
  await expect(fetchChart({ type: "archive", path }, null, null, recordingContext())).rejects.toMatchObject({
    code: "chart-invalid",
    message: `Chart.yaml of ${path} describes a library chart: it cannot be installed.`,
  });
  expect(await cacheChart(bytes, path, path, "depend")).toMatchObject({ name: "app", digest: sha256(bytes) });
  await expect(readCachedChart(sha256(bytes), path)).rejects.toMatchObject({ code: "chart-invalid" });
});

test("an archive that is not there is named with its path", async () => {
  const path = join(temp.folder, "gone.tgz");
  await expect(fetchChart({ type: "archive", path }, null, null, recordingContext())).rejects.toMatchObject({
    code: "chart-not-found",
    message: expect.stringContaining(path) as string,
  });
});

const unsafe: readonly (readonly [string, readonly PackedEntry[], string])[] = [
  ["an absolute path", [chartFile, { name: "/etc/passwd", content: "x" }], "absolute path (/etc/passwd)"],
  ["a drive letter", [chartFile, { name: "C:\\x", content: "x" }], "absolute path"],
  ["a path that leads out", [chartFile, { name: "app/../../x", content: "x" }], "leads out of it (app/../../x)"],
  ["such a path with backslashes", [chartFile, { name: "app\\..\\..\\x" }], "leads out of it"],
  ["a link that leads out", [chartFile, { name: "app/l", type: "symlink", linkname: "../../x" }], "app/l → ../../x"],
  ["an absolute link", [chartFile, { name: "app/l", type: "symlink", linkname: "/etc/passwd" }], "→ /etc/passwd"],
  ["a hard link that leads out", [chartFile, { name: "app/l", type: "link", linkname: "other/x" }], "→ other/x"],
  ["a device", [chartFile, { name: "app/d", type: "character-device" }], "neither file nor folder (app/d)"],
  ["a pipe", [chartFile, { name: "app/p", type: "fifo" }], "neither file nor folder (app/p)"],
  ["a second folder", [chartFile, { name: "other/values.yaml" }], "holds other/values.yaml"],
  ["a file beside the folder", [chartFile, { name: "README.md" }], "holds README.md"],
  ["no Chart.yaml", [{ name: "app/values.yaml" }], "no Chart.yaml in its top folder"],
  ["a Chart.yaml at the wrong place", [{ name: "app/sub/Chart.yaml", content: chartFile.content }], "no Chart.yaml"],
  ["two Chart.yaml", [chartFile, { ...chartFile, content: "name: evil" }], "Chart.yaml once"],
  [
    "a linked Chart.yaml",
    [{ name: "app/Chart.yaml", type: "symlink", linkname: "x" }],
    "Chart.yaml once, as a plain file",
  ],
  ["a version that is none", [{ ...chartFile, content: "name: app\nversion: one\n" }], 'version "one"'],
  ["no name", [{ ...chartFile, content: "version: 1.0.0\n" }], "has no name"],
  ["a name that is a path", [{ ...chartFile, content: "name: ../x\nversion: 1.0.0\n" }], 'names the chart "../x"'],
  [
    "a template of more than 5 MiB",
    [chartFile, { name: "app/templates/x", content: Buffer.alloc(5 * 2 ** 20 + 1) }],
    "holds app/templates/x with more than 5 MiB",
  ],
  [
    "a broken chart within",
    [chartFile, { name: "app/charts/x.tgz", content: "no archive" }],
    "charts/x.tgz is not a gzip",
  ],
  ["broken YAML", [{ ...chartFile, content: "name: [\n" }], "not valid YAML"],
];

describe("an archive is refused for", () => {
  test.each(unsafe)("%s", async (_, entries, message) => {
    const bytes = await packEntries(entries);
    await expect(inspectArchive(bytes, "app.tgz")).rejects.toMatchObject({
      code: "chart-invalid",
      message: expect.stringContaining(message) as string,
    });
  });

  test("being no gzip file", async () => {
    await expect(inspectArchive(Buffer.from("<html>login</html>"), "app.tgz")).rejects.toMatchObject({
      code: "chart-invalid",
      message: "The chart archive app.tgz is not a gzip-compressed tar file.",
    });
  });

  test.each([0.3, 0.6, 0.95])("being cut off after %d of its bytes", async (part) => {
    const bytes = await packChart({ name: "app", version: "1.0.0" });
    const cut = bytes.subarray(0, Math.floor(bytes.byteLength * part));
    await expect(inspectArchive(cut, "app.tgz")).rejects.toMatchObject({ code: "chart-invalid" });
  });

  test("a tar file inside of the gzip file that ends in the middle of an entry", async () => {
    await expect(inspectArchive(gzipSync(Buffer.alloc(700, 1)), "app.tgz")).rejects.toMatchObject({
      code: "chart-invalid",
      message: "The chart archive app.tgz is damaged: it cannot be unpacked.",
    });
  });

  test("more than 10,000 entries", async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => ({ name: `app/f${index}` }));
    await expect(inspectArchive(await packEntries([chartFile, ...many]), "app.tgz")).rejects.toMatchObject({
      code: "chart-invalid",
      message: expect.stringContaining("more than 10000 entries") as string,
    });
  });

  test("unpacking to more than 500 MiB, without holding that in memory", async () => {
    // One entry of 600 MiB of zeros: a gzip file of many members, each of them the same MiB.
    const zeros = gzipSync(Buffer.alloc(2 ** 20));
    const before = process.memoryUsage().rss;
    const bomb = Buffer.concat([gzipSync(bigEntryHeader(600 * 2 ** 20)), ...Array.from({ length: 600 }, () => zeros)]);
    expect(bomb.byteLength).toBeLessThan(2 ** 20);
    await expect(inspectArchive(bomb, "app.tgz")).rejects.toMatchObject({
      code: "chart-invalid",
      message: expect.stringContaining("more than 500 MiB") as string,
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20);
  });
});

/** The 512 bytes of a ustar header for a file of this size. */
function bigEntryHeader(size: number): Buffer {
  const header = Buffer.alloc(512);
  header.write("app/big", 0);
  header.write("0000644\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  header.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write("        0", 148);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}
