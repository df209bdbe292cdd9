// The benchmarks. Everything runs in one go on one machine, contestants in turn, so that a slow moment hits all of them.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { diagnosis } from "./diagnosis.mjs";
import { line, time } from "./measure.mjs";
import { bundleRooms } from "./rooms.mjs";
import { again, plan } from "./plans.mjs";
import { foreign, requests } from "./scale.mjs";
import { gatewayStack, installScript, istioStack, unchangedScript, writeStack, xargsScript } from "./scripts.mjs";
import { gate, reaction } from "./waits.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const flotilla = join(root, "bin", "flotilla");
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const GATEWAYS = 20;

/** Runs the named scenarios, or all. */
export async function runBenchmarks(names) {
  const world = await openWorld();
  try {
    for (const [name, scenario] of Object.entries(SCENARIOS)) {
      if (names.length > 0 && !names.includes(name)) continue;
      await scenario(world);
    }
  } finally {
    await world.close();
  }
}

const SCENARIOS = {
  startup,
  install,
  unchanged,
  gateways,
  plan,
  again,
  reaction,
  gate,
  diagnosis,
  foreign,
  requests,
};

/** A sandbox of its own, the charts, both helms. */
async function openWorld() {
  const folder = await mkdtemp(join(tmpdir(), "flotilla-bench-"));
  const env = { FLOTILLA_STATE_DIR: folder, FLOTILLA_SANDBOX: "bench", NO_COLOR: "1" };
  const rooms = await bundleRooms(folder, {
    SCENARIOS: "test/cluster/diagnosis-scenarios.ts",
    clusterApi: "test/support/cluster-api.ts",
    ensureTools: "src/tools/ensure-tools.ts",
    istioCharts: "src/sandbox/istio-charts.ts",
    istiodProcess: "test/support/istiod-process.ts",
    readSandbox: "src/sandbox/read-sandbox.ts",
    writeObjectsChart: "test/support/objects-chart.ts",
  });
  const { ensureTools, istioCharts, readSandbox } = rooms;
  const context = { signal: new AbortController().signal, emit: () => {} };
  const tools = await ensureTools(["helm4", "helm3"], context);
  await time(flotilla, ["sandbox", "up"], env);
  process.env.FLOTILLA_STATE_DIR = folder;
  const { kubeconfig } = await readSandbox("bench");
  const { source } = await istioCharts(context);
  const world = { folder, rooms, env: { ...env, KUBECONFIG: kubeconfig }, tools, source, flotilla };
  return {
    ...world,
    reset: () => time(flotilla, ["sandbox", "reset"], env),
    up: (file, helm) =>
      time(process.execPath, [flotilla, "up", "-c", file, "--yes"], { ...world.env, FLOTILLA_HELM: helm }),
    second: async () => {
      const other = { ...env, FLOTILLA_SANDBOX: "bench-script" };
      await time(flotilla, ["sandbox", "up"], other);
      return {
        env: { ...other, KUBECONFIG: (await readSandbox("bench-script")).kubeconfig },
        close: () => time(flotilla, ["sandbox", "down"], other),
      };
    },
    close: async () => {
      await time(flotilla, ["sandbox", "down"], env);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startup(world) {
  console.log(`\nStart-up, ${ROUNDS} rounds`);
  const rows = { node: [], version: [], help: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    rows.node.push((await time(process.execPath, ["-e", "0"])).seconds);
    rows.version.push((await time(process.execPath, [world.flotilla, "--version"])).seconds);
    rows.help.push((await time(process.execPath, [world.flotilla, "up", "--help"])).seconds);
  }
  line("node -e 0", rows.node);
  line("flotilla --version", rows.version, null, "0.12 s");
  line("flotilla up --help", rows.help, null, "0.25 s");
}

async function install(world) {
  console.log(`\nFirst install of base, istiod, two gateways, ${ROUNDS} rounds`);
  const file = await writeStack(world, "istio", istioStack(world.source));
  const { helm4, helm3 } = world.tools;
  const contestants = {
    "script, Helm 4 --wait": () => time("bash", ["-c", installScript(helm4, world.source)], world.env),
    "flotilla, Helm 4": () => world.up(file, helm4),
    "script, Helm 3 --wait": () => time("bash", ["-c", installScript(helm3, world.source)], world.env),
    "flotilla, Helm 3": () => world.up(file, helm3),
  };
  const seconds = await alternate(world, contestants);
  line("script, Helm 4 --wait", seconds["script, Helm 4 --wait"]);
  line("flotilla, Helm 4", seconds["flotilla, Helm 4"], seconds["script, Helm 4 --wait"], "0.9 ×");
  line("script, Helm 3 --wait", seconds["script, Helm 3 --wait"]);
  line("flotilla, Helm 3", seconds["flotilla, Helm 3"], seconds["script, Helm 3 --wait"], "0.5 ×");
}

async function unchanged(world) {
  console.log(`\nRun again with nothing changed, ${ROUNDS} rounds`);
  const file = await writeStack(world, "istio", istioStack(world.source));
  const { helm4 } = world.tools;
  await world.reset();
  await world.up(file, helm4);
  // A second sandbox: what Istio installs once a cluster cannot stand in one twice, and the script's new revisions
  // would be changes to flotilla.
  const beside = await world.second();
  const own = [];
  const script = [];
  try {
    await time("bash", ["-c", installScript(helm4, world.source)], beside.env);
    for (let round = 0; round < ROUNDS; round += 1) {
      script.push((await time("bash", ["-c", unchangedScript(helm4, world.source)], beside.env)).seconds);
      own.push((await world.up(file, helm4)).seconds);
    }
  } finally {
    await beside.close();
  }
  line("script, Helm 4 --wait", script);
  line("flotilla up", own, script, "0.2 ×, and 0.6 s");
}

async function gateways(world) {
  console.log(`\n${GATEWAYS} gateway releases, ${ROUNDS} rounds`);
  const file = await writeStack(world, "gateways", gatewayStack(world.source, GATEWAYS));
  const { helm4 } = world.tools;
  const peaks = [];
  const contestants = {
    ...Object.fromEntries(
      [2, 4, 8].map((workers) => [
        `xargs -P ${workers} helm`,
        () => time("bash", ["-c", xargsScript(helm4, world.source, GATEWAYS, workers)], world.env),
      ]),
    ),
    flotilla: async () => {
      const run = await world.up(file, helm4);
      peaks.push(run.peakMb);
      return run;
    },
  };
  const seconds = await alternate(world, contestants);
  const names = Object.keys(contestants).filter((name) => name !== "flotilla");
  for (const name of names) line(name, seconds[name]);
  const median = (values) => [...values].sort((left, right) => left - right)[values.length >> 1];
  const best = names.reduce((left, right) => (median(seconds[left]) <= median(seconds[right]) ? left : right));
  line("flotilla", seconds.flotilla, seconds[best], `1.15 × ${best}`);
  console.log(`  flotilla's own peak memory: ${Math.max(...peaks).toFixed(0)} MB  (wanted ≤ 150)`);
}

/** Each contestant once a round, each on an empty cluster. */
async function alternate(world, contestants) {
  const seconds = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, run] of Object.entries(contestants)) {
      await world.reset();
      seconds[name].push((await run()).seconds);
    }
  }
  return seconds;
}
