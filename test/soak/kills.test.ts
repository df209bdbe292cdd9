import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { flotilla, startFlotilla } from "../support/flotilla.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";

/** Printed, so that a failing round can be had again: SOAK_SEED=… npm run test:soak. */
const SEED = Number(process.env["SOAK_SEED"] ?? Date.now() % 1_000_000);
const ROUNDS = Number(process.env["SOAK_ROUNDS"] ?? 10);
/** A first install takes about this long on two cores; kills are spread over it. */
const SPAN_MS = 4_500;

let sandbox: TestSandbox;
let folder: string;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  folder = await mkdtemp(join(tmpdir(), "soak-"));
  console.log(`soak: seed ${SEED}, ${ROUNDS} rounds`);
});

afterAll(async () => {
  await sandbox.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Numbers in [0, 1) that a seed decides (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test(
  "after a SIGKILL at any moment of an install, an upgrade or a down, the next run ends as it should",
  async () => {
    const next = random(SEED);
    const file = join(folder, "flotilla.yaml");
    const stack = (replicas: number): string =>
      `apiVersion: flotilla/v1\nstack: soak\nistio:\n  version: 1.31.1\n  gateways:\n    istio-ingressgateway: { role: ingress, namespace: istio-ingress, values: { autoscaling: { enabled: false }, replicaCount: ${replicas} } }\n    istio-egressgateway: { role: egress, namespace: istio-egress }\n`;
    for (let round = 0; round < ROUNDS; round += 1) {
      const tool = next() < 0.5 ? "helm4" : "helm3";
      const env = { ...sandbox.env, FLOTILLA_HELM: (await ensureTools([tool], quietContext()))[tool] };
      const run = (command: string): ReturnType<typeof flotilla> =>
        flotilla([command, "-c", file, "--sandbox", "--yes", "--timeout", "90s", "-o", "json"], { env });
      for (const [phase, command] of [
        ["install", "up"],
        ["upgrade", "up"],
        ["down", "down"],
      ] as const) {
        await writeFile(file, stack(phase === "install" ? 1 : 2));
        const killed = startFlotilla([command, "-c", file, "--sandbox", "--yes"], { env });
        const moment = Math.round(next() * SPAN_MS);
        await delay(moment);
        killed.child.kill("SIGKILL");
        await killed.done;
        const after = await run(command);
        console.log(`soak: round ${round}, ${tool}, ${phase} killed after ${moment} ms: exit ${after.code}`);
        expect(after.stderr).not.toMatch(/error\[/);
        expect(after.code).toBe(0);
        const status = await flotilla(["status", "-c", file, "--sandbox", "-o", "json"], { env });
        for (const release of JSON.parse(status.stdout).releases) {
          expect(release).toMatchObject(
            phase === "down" ? { revision: null } : { helmStatus: "deployed", ready: true },
          );
        }
      }
    }
    const leases = await sandbox.api.get("/apis/coordination.k8s.io/v1/namespaces/flotilla-system/leases");
    expect(leases?.["items"] ?? []).toEqual([]);
  },
  ROUNDS * 180_000,
);
