import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { processStarted } from "../../src/runtime/process-identity.ts";
import { COMPONENTS, deadComponents, findComponents, killComponents } from "../../src/sandbox/component-processes.ts";

let programs: string;

beforeEach(async () => {
  programs = join(await mkdtemp(join(tmpdir(), "flotilla-components-")), "bin");
  await mkdir(programs);
});

afterEach(async () => {
  await killComponents(programs);
  await rm(join(programs, ".."), { recursive: true, force: true });
});

/** A process that is started by a path below `programs`, as kwokctl starts them. */
async function startComponent(name: string): Promise<number> {
  const path = join(programs, name);
  await copyFile("/bin/sleep", path);
  const child = spawn(path, ["60"], { stdio: "ignore", detached: true });
  await once(child, "spawn");
  return child.pid ?? 0;
}

test("a sandbox's processes are found by where their programs are, without any pid file", async () => {
  const pid = await startComponent("etcd");
  const found = await findComponents(programs);
  expect(found).toEqual([{ component: "etcd", pid, started: await processStarted(pid) }]);
  expect(await findComponents(programs.slice(0, -1))).toEqual([]);
});

test("they are gone when killing has returned, whatever else runs", async () => {
  const stranger = spawn("/bin/sleep", ["60"], { stdio: "ignore" });
  await startComponent("etcd");
  await startComponent("kube-scheduler");
  expect(await killComponents(programs)).toBe(2);
  expect(await findComponents(programs)).toEqual([]);
  expect(stranger.kill("SIGKILL")).toBe(true);
});

test("a pid that another process has by now counts as dead", async () => {
  const own = { component: "etcd", pid: process.pid, started: (await processStarted(process.pid)) ?? "" };
  expect(await deadComponents([own])).toEqual(COMPONENTS.filter((component) => component !== "etcd"));
  expect(await deadComponents([{ ...own, started: "before the reboot" }])).toEqual([...COMPONENTS]);
});
