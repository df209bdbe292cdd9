import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { packageRoot } from "../../src/runtime/directories.ts";
import { PACKED_VERSIONS } from "../../src/sandbox/istio-packing.ts";
import { useTempFolder } from "../support/temp-folder.ts";
import { until } from "../support/until.ts";

const folder = useTempFolder();

/** A folder as the real node's, whose scripts only write down that they ran. */
async function fakeNode(more: Readonly<Record<string, string>> = {}): Promise<string> {
  const home = folder.join("realnode");
  const note = (name: string): string => `#!/bin/sh\necho ${name} >> ${folder.join("log")}\n`;
  await mkdir(`${home}/kube`, { recursive: true });
  await mkdir(`${home}/images`);
  await mkdir(folder.join("bin"));
  await writeFile(folder.join("log"), "");
  const scripts = { "env.sh": "", "oci.py": "", "build.sh": "", "images.sh": "", "up.sh": "", "down.sh": "", ...more };
  const files = Object.entries(scripts).map(([name, text]) => [`${home}/${name}`, note(name) + text] as const);
  for (const [file, text] of [...files, [folder.join("bin", "apt-get"), note("apt-get")] as const]) {
    await writeFile(file, text);
    await chmod(file, 0o755);
  }
  return home;
}

/** A process that boots the node and stays. */
function boot(home: string): { readonly child: ChildProcess; readonly output: () => string } {
  const code = `
    const { bootRealNode } = await import(${JSON.stringify(`${packageRoot()}/scripts/real-node.mjs`)});
    console.log("up: " + (await bootRealNode(process.argv[1], process.argv[2])).kubeconfig);
    setInterval(() => {}, 1000);`;
  const env = { FLOTILLA_CACHE_DIR: folder.join("cache"), TMPDIR: folder.path };
  const child = spawn(process.execPath, ["--input-type=module", "-e", code, home, packageRoot()], {
    env: { ...process.env, ...env, PATH: `${folder.join("bin")}:${process.env["PATH"]}` },
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output };
}

const log = async (): Promise<readonly string[]> => (await readFile(folder.join("log"), "utf8")).trim().split("\n");

async function isUp({ output }: ReturnType<typeof boot>): Promise<void> {
  expect(await until(() => output().includes("up: "), 15_000), output()).toBe(true);
}

async function end({ child }: ReturnType<typeof boot>, signal: NodeJS.Signals): Promise<number | null> {
  child.kill(signal);
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
}

test("is built once, booted anew each time, and taken down on Ctrl-C", async () => {
  const home = await fakeNode();
  const first = boot(home);
  await isUp(first);
  expect(await log()).toEqual(["apt-get", "build.sh", "images.sh", "down.sh", "up.sh"]);
  expect(await end(first, "SIGINT")).toBe(130);
  expect((await log()).at(-1)).toBe("down.sh");

  await writeFile(folder.join("log"), "");
  const second = boot(home);
  await isUp(second);
  await end(second, "SIGTERM");
  expect(await log()).toEqual(["down.sh", "up.sh", "down.sh"]);
});

test("is built anew after a build that was broken off", async () => {
  const home = await fakeNode({ "build.sh": "sleep 60\n" });
  const broken = boot(home);
  await until(async () => (await log()).includes("build.sh"), 15_000);
  await end(broken, "SIGTERM");
  await writeFile(folder.join("log"), "");
  const again = boot(home);
  expect(await until(async () => (await log()).includes("build.sh"), 15_000)).toBe(true);
  await end(again, "SIGTERM");
});

test("is one at a time: a second process waits until the first one's is gone", async () => {
  const home = await fakeNode({ "down.sh": `sleep 0.5; echo gone >> ${folder.join("log")}` });
  const first = boot(home);
  await isUp(first);
  const second = boot(home);
  expect(await until(() => second.output().includes("waiting for it"), 15_000)).toBe(true);
  expect(second.output()).not.toContain("up: ");
  await end(first, "SIGINT");
  await isUp(second);
  await end(second, "SIGINT");
  const [, ...rest] = (await log()).join(" ").split("up.sh");
  expect(rest).toEqual([" down.sh gone down.sh gone ", " down.sh gone"]);
});

test("a script that fails shows what it said", async () => {
  const failing = boot(await fakeNode({ "up.sh": "echo no such bridge; exit 3\n" }));
  const [code] = (await once(failing.child, "exit")) as [number];
  expect(code).toBe(1);
  expect(failing.output()).toMatch(/no such bridge\s+Booting the real node failed \(3\)/);
  expect((await log()).at(-1)).toBe("down.sh");
});

test("has images for the versions that Istio's charts are packed as", async () => {
  const module: { ISTIO_TAGS: string } = await import(`${packageRoot()}/scripts/real-node.mjs`);
  expect(module.ISTIO_TAGS.split(" ")).toEqual([...PACKED_VERSIONS]);
});
