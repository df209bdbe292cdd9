// What much of other people's in the cluster costs, and what many releases of one's own ask of the API server.
import { line, time } from "./measure.mjs";
import { gatewayStack, istioStack, writeStack, xargsScript } from "./scripts.mjs";

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const PODS = 5_000;
const SECRETS = 2_000;
const RELEASES = 50;
const AT_ONCE = 32;

/** Unchanged `up` in an empty cluster, and in one full of others' pods and Helm releases. */
export async function foreign(world) {
  console.log(`\nUnchanged, beside ${PODS} pods and ${SECRETS} Helm Secrets of others, ${ROUNDS} rounds`);
  const file = await writeStack(world, "foreign", istioStack(world.source));
  await world.reset();
  await world.up(file, world.tools.helm4);
  const alone = await runs(world, file);
  const api = await world.rooms.clusterApi(world.env.KUBECONFIG);
  await api.send("POST", "/api/v1/namespaces", { metadata: { name: "foreign" } });
  await many(PODS, (index) => api.send("POST", "/api/v1/namespaces/foreign/pods", foreignPod(index)));
  await many(SECRETS, (index) => api.send("POST", "/api/v1/namespaces/foreign/secrets", foreignSecret(index)));
  const crowded = await runs(world, file);
  api.close();
  line("flotilla up, alone", alone.seconds);
  line("flotilla up, crowded", crowded.seconds, alone.seconds, "1.2 ×");
  console.log(`  flotilla's own peak memory: ${Math.max(...crowded.peaks).toFixed(0)} MB  (wanted ≤ 200)`);
}

async function runs(world, file) {
  const seconds = [];
  const peaks = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const run = await world.up(file, world.tools.helm4);
    seconds.push(run.seconds);
    peaks.push(run.peakMb);
  }
  return { seconds, peaks };
}

/** So many at the same time: all at once would be refused. */
async function many(count, make) {
  let next = 0;
  const worker = async () => {
    while (next < count) await make(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Nobody schedules it: what is measured is that it is there. */
function foreignPod(index) {
  return {
    metadata: { name: `pod-${index}`, labels: { app: `app-${index % 100}` } },
    spec: { schedulerName: "nobody", containers: [{ name: "app", image: "registry.example/app:1" }] },
  };
}

function foreignSecret(index) {
  const name = `foreign-${index}`;
  return {
    metadata: {
      name: `sh.helm.release.v1.${name}.v1`,
      labels: { owner: "helm", name, status: "deployed", version: "1" },
    },
    type: "helm.sh/release.v1",
    // As large as a small chart's.
    data: { release: Buffer.alloc(8_192, String(index % 10)).toString("base64") },
  };
}

/** Requests and watches of a first install of many releases, by the API server's own count. */
export async function requests(world) {
  console.log(`\nFirst install of ${RELEASES} releases: requests to the API server, by its own metrics`);
  const file = await writeStack(world, "requests", gatewayStack(world.source, RELEASES));
  const { helm4 } = world.tools;
  const contestants = {
    "xargs -P 4 helm --wait": () => time("bash", ["-c", xargsScript(helm4, world.source, RELEASES, 4)], world.env),
    flotilla: () => world.up(file, helm4),
    "flotilla, unchanged": () => world.up(file, helm4),
  };
  const api = await world.rooms.clusterApi(world.env.KUBECONFIG);
  for (const [name, run] of Object.entries(contestants)) {
    if (name !== "flotilla, unchanged") await world.reset();
    const before = await readMetrics(api);
    let open = 0;
    const looking = setInterval(() => {
      readMetrics(api).then(({ watching }) => (open = Math.max(open, watching - before.watching)));
    }, 500);
    const { seconds } = await run();
    clearInterval(looking);
    const after = await readMetrics(api);
    const verbs = Object.keys(after.requests)
      .map((verb) => [verb, after.requests[verb] - (before.requests[verb] ?? 0)])
      .filter(([, count]) => count > 0)
      .sort(([, left], [, right]) => right - left);
    const words = verbs.map(([verb, count]) => `${verb} ${count}`).join(", ");
    console.log(`  ${name.padEnd(24)} ${seconds.toFixed(1)} s, at most ${open} watches more than before; ${words}`);
  }
  api.close();
}

/** Everybody's requests: the controllers' as well, which are the same for all contestants. */
async function readMetrics(api) {
  const text = await api.text("/metrics");
  const requests = {};
  let watching = 0;
  for (const entry of text.split("\n")) {
    const verb = /verb="([A-Z]+)"/.exec(entry)?.[1];
    const value = Number(entry.slice(entry.lastIndexOf(" ") + 1));
    if (entry.startsWith("apiserver_request_total{")) requests[verb] = (requests[verb] ?? 0) + value;
    if (entry.startsWith("apiserver_longrunning_requests{") && verb === "WATCH") watching += value;
  }
  return { requests, watching };
}
