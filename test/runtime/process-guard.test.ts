import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processStarted } from "../../src/runtime/process-identity.ts";
import { bundleDriver, type Driver, startDriver } from "../support/driver.ts";
import { until } from "../support/until.ts";

/** Runs its first argument as a script through runProcess; aborts on the first line that says `abort`. */
const DRIVER = `
  import { runProcess } from "./src/runtime/process.ts";
  const controller = new AbortController();
  const { exitCode } = await runProcess("/bin/sh", ["-c", process.argv[2] ?? ""], {
    signal: controller.signal,
    graceMs: 60_000,
    onStdoutLine: (line) => {
      console.log(line);
      if (line === "abort") controller.abort();
    },
  });
  console.log("exit", exitCode);
`;

let folder = "";
let file = "";
let driver: Driver | null = null;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flotilla-guard-"));
  file = await bundleDriver(DRIVER, join(folder, "driver.mjs"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => void driver?.process.kill("SIGKILL"));

const isGone = async (pid: number): Promise<boolean> => (await processStarted(pid)) === null;

/** The pids that the script printed as `pid N`. */
function pidsOf({ lines }: Driver): readonly number[] {
  return lines().flatMap((line) => (line.startsWith("pid ") ? [Number(line.slice(4))] : []));
}

async function expectAllGone(pids: readonly number[]): Promise<void> {
  const allGone = async (): Promise<boolean> => (await Promise.all(pids.map(isGone))).every(Boolean);
  expect(await until(allGone, 1_000)).toBe(true);
}

/** A program with children and grandchildren, one of them deaf to every polite signal. */
const FAMILY = `
  echo pid $$
  sleep 300 & echo pid $!
  (trap '' TERM HUP INT; exec sleep 300) & echo pid $!
  sh -c 'sleep 300 & echo pid $!; wait' & echo pid $!
`;

describe("when flotilla ends, its children end within a second", () => {
  test.for(["SIGKILL", "SIGTERM", "SIGHUP"] as const)("%s", async (signal) => {
    const running = startDriver(file, [`${FAMILY} wait`]);
    driver = running;
    await until(() => pidsOf(running).length === 5, 10_000);
    const pids = pidsOf(running);
    expect(pids).toHaveLength(5);
    expect((await Promise.all(pids.map(isGone))).some(Boolean)).toBe(false);
    running.process.kill(signal);
    await running.ended;
    await expectAllGone(pids);
  });

  test("SIGKILL while a child takes its time to end after an abort", async () => {
    driver = startDriver(file, [`echo pid $$; trap 'echo term' TERM; echo abort; while :; do sleep 0.05; done`]);
    await driver.line("term");
    const pids = pidsOf(driver);
    driver.process.kill("SIGKILL");
    await driver.ended;
    expect(pids).toHaveLength(1);
    await expectAllGone(pids);
  });
});

test("a child that ends by itself ends nobody else", async () => {
  driver = startDriver(file, ["echo pid $$; exit 4"]);
  expect(await driver.line("exit")).toBe("exit 4");
  expect(await driver.ended).toBe(0);
});
