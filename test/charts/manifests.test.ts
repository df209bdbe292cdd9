import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { fetchChart } from "../../src/charts/fetch-chart.ts";
import type { LocalChart } from "../../src/model/lock.ts";
import { recordingContext, useTempCache } from "../support/temp-cache.ts";

const temp = useTempCache();
const MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n";

async function wrap(files: Readonly<Record<string, string>>, name = "crds"): Promise<LocalChart> {
  const folder = join(temp.folder, "files");
  await mkdir(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
  const paths = Object.keys(files).map((file) => join(folder, file));
  return fetchChart({ type: "manifests", name, files: paths }, null, null, recordingContext());
}

describe("plain manifests become a chart", () => {
  test("with a version and a digest that follow from what they hold, on every machine", async () => {
    const chart = await wrap({ "a.yaml": MAP });
    expect(chart).toEqual({
      name: "crds",
      version: "0.0.0+8650810e3279",
      appVersion: null,
      digest: "sha256:8650810e32799a5295f7a0006baa2626e01f9f1dd673efd3e792a05dda588ae5",
      path: join(temp.cache, "charts", "manifests", `${chart.digest.slice(7)}.tgz`),
      source: "manifests",
      postHooks: false,
    });
  });

  test("that is another one when a file changed, and the same when it was only touched", async () => {
    const first = await wrap({ "a.yaml": MAP });
    await utimes(join(temp.folder, "files", "a.yaml"), 1, 1);
    const bytes = await readFile(first.path);
    process.env["FLOTILLA_CACHE_DIR"] = join(temp.folder, "another-cache");
    const again = await wrap({ "a.yaml": MAP });
    expect(again.digest).toBe(first.digest);
    expect((await readFile(again.path)).equals(bytes)).toBe(true);
    for (const changed of [
      await wrap({ "a.yaml": MAP.replace("name: a", "name: b") }),
      await wrap({ "a.yaml": MAP, "b.yaml": MAP }),
      await wrap({ "a.yaml": MAP }, "other"),
    ]) {
      expect(changed.digest).not.toBe(first.digest);
      expect(changed.version).not.toBe(first.version);
    }
  });

  test.each([
    ["is not YAML (BAD_INDENT) at line 6", `${MAP}data:\n  a: 1\n b: 2\n`],
    ["is no Kubernetes object", "just a text\n"],
    ["holds a document without apiVersion and kind", "metadata: { name: a }\n"],
  ])("unless one of them %s: it is named, before helm is asked", async (what, text) => {
    const file = join(temp.folder, "files", "bad.yaml");
    await expect(wrap({ "good.yaml": MAP, "bad.yaml": text })).rejects.toMatchObject({
      code: "chart-invalid",
      message: `The manifest ${file} ${what}.`,
    });
  });

  test("that is built anew when the cache holds it damaged", async () => {
    const first = await wrap({ "a.yaml": MAP });
    const bytes = await readFile(first.path);
    await writeFile(first.path, bytes.subarray(0, 50));
    expect((await readFile((await wrap({ "a.yaml": MAP })).path)).equals(bytes)).toBe(true);
    expect(await readdir(join(temp.cache, "charts", "manifests"))).toHaveLength(2);
  });

  test("that helm waits for itself when one of them is a hook after readiness", async () => {
    const hook = `${MAP.trimEnd().replace("{ name: a }", '{ name: a, annotations: { helm.sh/hook: "post-install" } }')}\n`;
    expect(await wrap({ "hook.yaml": hook })).toMatchObject({ postHooks: true });
  });
});

describe("is refused, saying where and why:", () => {
  test("a file that is not there", async () => {
    const missing = join(temp.folder, "none.yaml");
    const reference = { type: "manifests", name: "crds", files: [missing] } as const;
    await expect(fetchChart(reference, null, null, recordingContext())).rejects.toMatchObject({
      code: "chart-not-found",
      message: `The manifest ${missing} cannot be read.`,
    });
  });

  test.each([
    ["no file", {}],
    ["files with nothing in them", { "a.yaml": "\n", "b.yaml": "" }],
  ])("%s", async (_, files) => {
    await expect(wrap(files)).rejects.toMatchObject({
      code: "chart-invalid",
      message: expect.stringContaining("The release crds has no manifests") as string,
    });
  });

  test("more than a Helm release can hold", async () => {
    const noise = randomBytes(900_000).toString("base64");
    await expect(wrap({ "a.yaml": `${MAP}data: { noise: ${noise} }\n` })).rejects.toMatchObject({
      code: "chart-invalid",
      message: expect.stringMatching(
        /^What the release crds holds is too large for a Helm release: \d+ KiB of 1024\.$/,
      ),
      hint: "Spread the manifests over several releases.",
    });
  });

  test("one object that is larger than helm takes a file", async () => {
    const text = `${MAP}data: { text: ${"x".repeat(5 * 2 ** 20)} }\n`;
    await expect(wrap({ "huge.yaml": text })).rejects.toMatchObject({
      message: expect.stringMatching(/^An object in .*huge\.yaml is too large for a Helm release: 5121 KiB of 5120\.$/),
    });
  });
});
