import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { findTool, toolPath } from "../../src/tools/tool-cache.ts";
import { slow, stalled, whole } from "./release-server.ts";
import { filesInCache, HELM_PATH, offerHelm, toolsWorld } from "./tools-world.ts";

const world = toolsWorld();
const repository = join(import.meta.dirname, "..", "..");

/** A process of its own that gets helm 4 and prints where it is. */
async function startProcess(): Promise<ChildProcess> {
  const bundle = join(world.programs, "get-helm.mjs");
  await build({
    stdin: {
      contents: `import { ensureTools } from "./src/tools/ensure-tools.ts";
        const paths = await ensureTools(["helm4"], { signal: new AbortController().signal, emit: () => {} });
        process.stdout.write(paths.helm4);`,
      resolveDir: repository,
      loader: "ts",
    },
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: bundle,
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  return spawn(process.execPath, [bundle], { stdio: ["ignore", "pipe", "inherit"] });
}

async function outputOf(child: ChildProcess): Promise<string> {
  let output = "";
  child.stdout?.on("data", (chunk) => (output += chunk));
  await once(child, "close");
  return output;
}

describe("two at once", () => {
  it("in one process download once", async () => {
    const { archive } = await offerHelm(world.server);
    world.server.answers.set(HELM_PATH, slow(archive, 2, 50));
    const [one, two] = await Promise.all([1, 2].map(() => ensureTools(["helm4"], world.context)));
    expect(one).toEqual(two);
    expect(world.server.requests).toEqual([`${HELM_PATH}.sha256sum`, HELM_PATH]);
    expect(world.events).toContainEqual(expect.objectContaining({ type: "notice", level: "info" }));
  });

  it("in two processes download once", async () => {
    const { archive, binary } = await offerHelm(world.server);
    world.server.answers.set(HELM_PATH, slow(archive, 2, 250));
    const children = [await startProcess(), await startProcess()];
    expect(await Promise.all(children.map(outputOf))).toEqual([toolPath("helm4"), toolPath("helm4")]);
    expect(world.server.requests).toEqual([`${HELM_PATH}.sha256sum`, HELM_PATH]);
    expect((await readFile(toolPath("helm4"))).equals(binary)).toBe(true);
  });
});

describe("what a dead process left", () => {
  it("by kill -9 in the middle of a download is cleared away by the next", async () => {
    const { archive, binary } = await offerHelm(world.server);
    world.server.answers.set(HELM_PATH, stalled(archive));
    const child = await startProcess();
    const unfinished = async (): Promise<boolean> =>
      (await filesInCache(world)).some((file) => file.endsWith(".tar.gz"));
    await expect.poll(unfinished, { timeout: 5000 }).toBe(true);
    child.kill("SIGKILL");
    await once(child, "close");
    expect(await findTool("helm4")).toBeNull();
    expect(await unfinished()).toBe(true);

    world.server.answers.set(HELM_PATH, whole(archive));
    const { helm4 } = await ensureTools(["helm4"], world.context);
    expect((await readFile(helm4)).equals(binary)).toBe(true);
    expect((await filesInCache(world)).filter((file) => !file.startsWith(".locks"))).toEqual([
      helm4.slice(join(world.cache, "tools").length + 1),
    ]);
  });

  it.each([
    ["without the executable bit", "half a binary", 0o644],
    ["empty", "", 0o755],
  ])("as a file %s in the tool's place is not taken for the tool", async (_, content, mode) => {
    const { binary } = await offerHelm(world.server);
    const path = toolPath("helm4");
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    await chmod(path, mode);
    expect(await findTool("helm4")).toBeNull();
    await ensureTools(["helm4"], world.context);
    expect((await readFile(path)).equals(binary)).toBe(true);
  });
});

describe("a cache that cannot be written", () => {
  it("is named, with what to do", async () => {
    await offerHelm(world.server);
    await writeFile(world.cache, "a file where the folder should be");
    await expect(ensureTools(["helm4"], world.context)).rejects.toMatchObject({
      code: "tool-failed",
      message: expect.stringContaining(world.cache),
      hint: expect.stringContaining("FLOTILLA_CACHE_DIR"),
    });
  });
});
