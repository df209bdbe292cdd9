// How long after the cluster's first sign of a failure flotilla names it: the scenarios of the tests, all in one run.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { stringify } from "yaml";
import { SANDBOX_SIGNS, watchFirstSigns } from "./first-signs.mjs";
import { line } from "./measure.mjs";
import { writeStack } from "./scripts.mjs";

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);

/** On a sandbox; pods that really run are for `node diagnosis`. */
export async function diagnosis(world) {
  console.log(`\nFrom the first sign in the cluster to the line that names it, ${ROUNDS} rounds`);
  const { SCENARIOS, clusterApi, writeObjectsChart } = world.rooms;
  const scenarios = SCENARIOS.filter(({ name }) => SANDBOX_SIGNS[name] !== undefined);
  const chart = await writeObjectsChart(world.folder);
  const file = await writeStack(world, "diagnosis", failingStack(scenarios, chart));
  const seconds = Object.fromEntries(scenarios.map(({ name }) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    await world.reset();
    const api = await clusterApi(world.env.KUBECONFIG);
    for (const { name, namespaceLabels = {}, before } of scenarios) {
      await api.send("POST", "/api/v1/namespaces", { metadata: { name, labels: namespaceLabels } });
      await before?.(api, name);
    }
    const signs = watchFirstSigns(api, SANDBOX_SIGNS);
    const args = [world.flotilla, "up", "-c", file, "--yes", "-o", "ndjson"];
    const named = await namedAt(args, { ...world.env, FLOTILLA_HELM: world.tools.helm4 });
    api.close();
    for (const { name, code } of scenarios) seconds[name].push((named.get(`${name} ${code}`) - signs.get(name)) / 1000);
  }
  for (const { name, code } of scenarios) line(`${name}: ${code}`, seconds[name], null, "3 s");
}

function failingStack(scenarios, chart) {
  const releases = scenarios.map(({ name, objects, code, wait }) => ({
    name,
    namespace: name,
    chart,
    values: [{ objects }],
    wait: wait ?? { giveUp: { [code]: "1s" } },
  }));
  return stringify({ apiVersion: "flotilla/v1", stack: "failing", releases, defaults: { parallel: 8 } });
}

/** Runs a command that ends with failures. @returns `release code` → when it was first printed */
export async function namedAt(args, env) {
  const named = new Map();
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "ignore"] });
  for await (const text of createInterface({ input: child.stdout })) {
    const { type, release, diagnosis: findings = [] } = JSON.parse(text);
    if (type !== "diagnosis" && type !== "step-finished") continue;
    for (const { code } of findings) {
      const key = `${release} ${code}`;
      if (!named.has(key)) named.set(key, performance.now());
    }
  }
  return named;
}
