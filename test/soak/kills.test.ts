import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import type { KubeJson } from "../support/cluster-api.ts";
import { type CommandResult, flotilla, startFlotilla } from "../support/flotilla.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";
import { until } from "../support/until.ts";
import { killSomewhere } from "./kill-moment.ts";
import { type SoakState, writeSoakCharts, writeSoakStack } from "./soak-stack.ts";

/**
 * Printed, so that what was seen can be had again: `SOAK_SEED=… npm run test:soak -- test/soak/kills.test.ts`. With
 * `SOAK_ROUND=…` only that round, with `SOAK_ROUNDS=…` so many.
 */
const SEED = Number(process.env["SOAK_SEED"] ?? Date.now() % 1_000_000);
/** Four kills each: of an install, an upgrade, an undo and a down. */
const ROUNDS = process.env["SOAK_ROUND"]
  ? [Number(process.env["SOAK_ROUND"])]
  : Array.from({ length: Number(process.env["SOAK_ROUNDS"] ?? 10) }, (_, n) => n);
/** The promise: a helm child lives no longer than this after flotilla. */
const HELM_OUTLIVES_MS = 1_000;
/** A command that hangs says what it waits for before the test gives up. */
const BOUND = ["--timeout", "8m", "--yes"];

const OLD: SoakState = { text: "old", istio: "1.30.5" };
const NEW: SoakState = { text: "new", istio: "1.31.1" };
const NEWER: SoakState = { text: "newer", istio: "1.31.1" };
const MAP = "/api/v1/namespaces/legacy/configmaps/legacy";

const run = promisify(execFile);
let sandbox: TestSandbox;
let folder: string;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  folder = await mkdtemp(join(tmpdir(), "soak-"));
  await writeSoakCharts(folder);
  console.log(`soak: seed ${SEED}`);
});

afterAll(async () => {
  await sandbox?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

test.for(ROUNDS)("after a SIGKILL at any moment, the next up ends as it should, round %i", async (round) => {
  const random = seededRandom(SEED + round * 1_000);
  const tool = round % 2 === 0 ? "helm4" : "helm3";
  const helm = (await ensureTools([tool], quietContext()))[tool];
  const options = { env: { ...sandbox.env, FLOTILLA_HELM: helm } };
  const file = join(folder, "flotilla.yaml");
  const command = (...args: readonly string[]): Promise<CommandResult> =>
    flotilla([...args, "-c", file, "--sandbox"], options);
  const json = async (...args: readonly string[]): Promise<KubeJson> =>
    JSON.parse((await command(...args, "-o", "json")).stdout) as KubeJson;

  /** Kills a command, runs `up` with the given file, and looks for what must not be left. */
  const killed = async (phase: "install" | "upgrade" | "undo" | "down", state: SoakState): Promise<void> => {
    await writeSoakStack(folder, phase === "undo" ? NEWER : state);
    const verb = { install: "up", upgrade: "up", undo: "rollback", down: "down" }[phase];
    const running = startFlotilla([verb, "-c", file, "--sandbox", ...BOUND, "-o", "ndjson"], options);
    const moment = await killSomewhere(running, random);
    const helms = await helmsAfter(sandbox.kubeconfig);
    await writeSoakStack(folder, state);
    const next = await command("up", ...BOUND, "-o", "json");
    const told = `soak: seed ${SEED}, round ${round}, ${tool}, ${phase} killed ${moment ?? "never: it ended before"}`;
    console.log(`${told}: exit ${next.code} after ${Math.round(next.durationMs)} ms`);
    expect(moment, told).not.toBeNull();
    expect(helms, told).toEqual([]);
    expect(next.stderr, told).not.toMatch(/error\[/);
    expect(next.code, told).toBe(0);
    const { releases } = await json("status");
    expect(releases, told).toHaveLength(6);
    for (const release of releases as readonly KubeJson[]) {
      expect(release, told).toMatchObject({ helmStatus: "deployed", ready: true, diagnosis: [] });
    }
    expect((await sandbox.api.get(MAP))?.["data"], told).toEqual({ text: state.text });
    const leases = await sandbox.api.get("/apis/coordination.k8s.io/v1/namespaces/flotilla-system/leases");
    expect(leases?.["items"] ?? [], told).toEqual([]);
    const { runs } = await json("history");
    expect(
      (runs as readonly KubeJson[]).filter(({ outcome }) => outcome === "running"),
      told,
    ).toEqual([]);
  };

  await sandbox.reset();
  await sandbox.api.send("POST", "/api/v1/namespaces", { metadata: { name: "legacy" } });
  if (random() < 0.5) {
    const where = ["--kubeconfig", sandbox.kubeconfig, "--namespace", "legacy"];
    await run(helm, ["install", "legacy", join(folder, "app"), "--set", "text=plain", ...where]);
  } else {
    const map = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "legacy" }, data: { text: "plain" } };
    await sandbox.api.send("PATCH", `${MAP}?fieldManager=kubectl`, map, "application/apply-patch+yaml");
  }
  const adopted = async (): Promise<string> => (await sandbox.api.get(MAP))?.["metadata"].uid as string;
  const before = await adopted();
  await killed("install", OLD);
  await killed("upgrade", NEW);
  // What is undone is a whole run, from beginning to end.
  await writeSoakStack(folder, NEWER);
  expect((await command("up", ...BOUND)).code).toBe(0);
  await killed("undo", NEW);
  expect(await adopted()).toBe(before);
  // The adopted release belongs to the stack by now, and goes with it.
  await killed("down", NEW);
});

/** Helm processes of this sandbox that are there when the promised second is over. */
async function helmsAfter(kubeconfig: string): Promise<readonly string[]> {
  const helms = async (): Promise<readonly string[]> => {
    const { stdout } = await run("ps", ["-eo", "stat=,args="]);
    return stdout
      .split("\n")
      .filter((line) => line.includes("helm") && line.includes(kubeconfig) && !line.startsWith("Z"));
  };
  await until(async () => (await helms()).length === 0, HELM_OUTLIVES_MS);
  return helms();
}
