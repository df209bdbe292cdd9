import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { withFileLock } from "../../src/runtime/file-lock.ts";
import { bundleDriver, type Driver, startDriver } from "../support/driver.ts";

/** `FOLDER count N`: adds one to FOLDER/count N times, under the lock. `FOLDER hold`: keeps the lock. */
const DRIVER = `
  import { readFile, rmdir, mkdir, writeFile } from "node:fs/promises";
  import { withFileLock } from "./src/runtime/file-lock.ts";
  const [folder, command, times] = process.argv.slice(2);
  const options = { signal: new AbortController().signal, onWait: (owner) => console.log("waiting for " + owner) };
  async function count() {
    await mkdir(folder + "/inside"); // fails when another one is inside
    const before = Number(await readFile(folder + "/count", "utf8"));
    await writeFile(folder + "/count", String(before + 1));
    await rmdir(folder + "/inside");
  }
  async function hold() {
    console.log("holding");
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  }
  for (let round = 0; round < Number(times ?? 1); round += 1) {
    await withFileLock(folder + "/locks/x.lock", command === "hold" ? hold : count, options);
  }
`;

let folder = "";
let file = "";
const drivers: Driver[] = [];

function start(...args: readonly string[]): Driver {
  const driver = startDriver(file, [folder, ...args]);
  drivers.push(driver);
  return driver;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flotilla-lock-"));
  file = await bundleDriver(DRIVER, join(folder, "driver.mjs"));
  await mkdir(join(folder, "locks"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(async () => {
  for (const { process } of drivers) process.kill("SIGKILL");
  await Promise.all(drivers.splice(0).map(({ ended }) => ended));
});

test("processes do not overlap, and every one gets its turn", async () => {
  await writeFile(join(folder, "count"), "0");
  const codes = await Promise.all(Array.from({ length: 3 }, () => start("count", "10").ended));
  expect(codes).toEqual([0, 0, 0]);
  expect(await readFile(join(folder, "count"), "utf8")).toBe("30");
  expect(await readdir(join(folder, "locks"))).toEqual([]);
});

test("owner and waiter are killed: the next ones take over, one at a time, and nothing is left lying", async () => {
  await writeFile(join(folder, "count"), "0");
  const owner = start("hold");
  await owner.line("holding");
  const waiter = start("count");
  expect(await waiter.line("waiting")).toContain(`process ${owner.process.pid} on`);
  for (const { process, ended } of [waiter, owner]) {
    process.kill("SIGKILL");
    await ended;
  }
  const codes = await Promise.all([start("count", "5").ended, start("count", "5").ended]);
  expect(codes).toEqual([0, 0]);
  expect(await readFile(join(folder, "count"), "utf8")).toBe("10");
  await withFileLock(join(folder, "locks", "x.lock"), async () => {}, { signal: AbortSignal.timeout(5_000) });
  expect(await readdir(join(folder, "locks"))).toEqual([]);
});
