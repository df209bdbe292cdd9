import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import type { KubeJson } from "../support/cluster-api.ts";
import { startFlotilla } from "../support/flotilla.ts";
import { deployment, writeObjectsChart } from "../support/objects-chart.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";
import { until } from "../support/until.ts";

/** Printed, so that a failing round can be had again: SOAK_SEED=… npm run test:soak. */
const SEED = Number(process.env["SOAK_SEED"] ?? Date.now() % 1_000_000);
const RUNS = Number(process.env["SOAK_RUNS"] ?? 50);
const RELEASES = 6;

/** A container whose start Kubernetes waits for. */
const PROBED = { readinessProbe: { httpGet: { path: "/", port: 80 } } };

/** Noise that every cluster makes now and then, and gets over by itself. `seconds` is how long it lasts. */
const NOISE = {
  "late start": (seconds: number) => [deployment("app", { marks: { "ready-after": `${seconds}s` } })],
  "restarts that stop": (seconds: number) => [failing("crash-loop", seconds)],
  "a kill for memory, once": (seconds: number) => [failing("oom-killed", seconds)],
  "pulls that succeed in the end": (seconds: number) => [failing("image-pull", seconds)],
  "a Secret that comes late": (seconds: number) => [failing("config-missing", seconds)],
  "a load balancer that takes its time": (seconds: number) => [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "app", annotations: { "sandbox.flotilla.dev/load-balancer-after": `${seconds}s` } },
      spec: { type: "LoadBalancer", selector: { app: "app" }, ports: [{ port: 80 }] },
    },
    deployment("app"),
  ],
  // FailedCreate until somebody raises the quota.
  "pods that are refused at first": () => [
    deployment("app", { container: { resources: { requests: { cpu: "2" } } }, spec: { replicas: 2 } }),
  ],
};
type Noise = keyof typeof NOISE;
const KINDS = Object.keys(NOISE) as Noise[];
const REFUSED: Noise = "pods that are refused at first";

function failing(fails: string, seconds: number): object {
  return deployment("app", { marks: { fails, "recovers-after": `${seconds}s` }, container: PROBED });
}

interface NoisyRelease {
  readonly name: string;
  readonly noise: Noise;
  readonly seconds: number;
}

let sandbox: TestSandbox;
let folder: string;
let chart: string;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  folder = await mkdtemp(join(tmpdir(), "false-alarms-"));
  chart = await writeObjectsChart(folder);
  console.log(`false alarms: seed ${SEED}, ${RUNS} runs`);
});

afterAll(async () => {
  await sandbox.stop();
  await rm(folder, { recursive: true, force: true });
});

async function stackFile(releases: readonly NoisyRelease[]): Promise<string> {
  const file = join(folder, "flotilla.yaml");
  const entries = releases.map(({ name, noise, seconds }) => ({
    name,
    namespace: name,
    chart,
    values: [{ objects: NOISE[noise](seconds) }],
  }));
  const defaults = { parallel: RELEASES, timeout: "90s" };
  await writeFile(file, stringify({ apiVersion: "flotilla/v1", stack: "noise", releases: entries, defaults }));
  return file;
}

const quotaPath = (namespace: string): string => `/api/v1/namespaces/${namespace}/resourcequotas`;

/** Lets the pods of a namespace pass once some of them have been refused for a while. */
async function raiseLater({ name, seconds }: NoisyRelease): Promise<void> {
  const refused = async (): Promise<boolean> => {
    const events = await sandbox.api.get(`/api/v1/namespaces/${name}/events?fieldSelector=reason=FailedCreate`);
    return (events?.["items"].length ?? 0) > 0;
  };
  await until(refused, 60_000);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const raised = { spec: { hard: { "requests.cpu": "8" } } };
  await sandbox.api.send("PATCH", `${quotaPath(name)}/small`, raised, "application/merge-patch+json");
}

test(
  "what heals by itself is never called an error, and never fails a run",
  async () => {
    const { helm4, helm3 } = await ensureTools(["helm4", "helm3"], quietContext());
    const next = seededRandom(SEED);
    for (let run = 0; run < RUNS; run += 1) {
      await sandbox.reset();
      const releases = Array.from({ length: RELEASES }, (_, index): NoisyRelease => ({
        name: `noise-${index}`,
        noise: KINDS[Math.floor(next() * KINDS.length)] ?? REFUSED,
        // In whole tenths, as Go's durations may have them.
        seconds: Math.round(next() * 60) / 10,
      }));
      const refused = releases.filter(({ noise }) => noise === REFUSED);
      for (const { name } of refused) {
        await sandbox.api.send("POST", "/api/v1/namespaces", { metadata: { name } });
        const small = { metadata: { name: "small" }, spec: { hard: { "requests.cpu": "1" } } };
        await sandbox.api.send("POST", quotaPath(name), small);
      }
      const raising = Promise.all(refused.map(raiseLater));
      const env = { ...sandbox.env, FLOTILLA_HELM: next() < 0.5 ? helm4 : helm3 };
      const args = ["up", "-c", await stackFile(releases), "--sandbox", "--yes", "-o", "ndjson"];
      const { code, stdout, stderr } = await startFlotilla(args, { env }).done;
      await raising;
      const events = stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as KubeJson);
      const told = events.flatMap(({ type, diagnosis }) => (type === "result" ? [] : (diagnosis ?? [])));
      const what = `seed ${SEED}, run ${run}: ${JSON.stringify(releases)}\n${stderr}`;
      console.log(`false alarms: run ${run}: exit ${code}, ${told.length} warnings`);
      expect(
        told.filter(({ severity }: KubeJson) => severity === "error"),
        what,
      ).toEqual([]);
      expect(
        events.at(-1)?.["releases"].map(({ diagnosis }: KubeJson) => diagnosis),
        what,
      ).toEqual(releases.map(() => []));
      expect(code, what).toBe(0);
    }
  },
  RUNS * 100_000,
);
