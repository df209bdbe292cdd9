// How fast flotilla goes on: from the cause, as an outside watcher sees it, to the next helm, as a wrapper writes it down.
import { spawn } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { percentile } from "./measure.mjs";
import { writeStack } from "./scripts.mjs";

const EDGES = Number(process.env.BENCH_EDGES ?? 100);
const GATE_ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
/** Longer than helm takes, so that each release is waited for after its helm has ended. */
const READY_AFTER = "500ms";

/** A chain of releases: each begins when the one before it is ready. */
export async function reaction(world) {
  console.log(`\nFrom the last need's readiness to the next helm, ${EDGES} edges`);
  const folder = join(world.folder, "reaction");
  const chart = join(folder, "app");
  await mkdir(join(chart, "templates"), { recursive: true });
  await writeFile(join(chart, "Chart.yaml"), "apiVersion: v2\nname: app\nversion: 1.0.0\n");
  await writeFile(join(chart, "templates", "app.yaml"), APP);
  const names = Array.from({ length: EDGES + 1 }, (_, index) => `app-${index}`);
  const releases = names.map((name, index) => ({
    name,
    namespace: "reaction",
    chart: "./app",
    needs: index === 0 ? [] : [names[index - 1]],
  }));
  const environments = { bench: { profile: "sandbox", context: "flotilla-sandbox-bench" } };
  const stack = { apiVersion: "flotilla/v1", stack: "reaction", environments, releases };
  const file = await writeStack(world, "reaction", stringify(stack));
  await world.reset();
  const helm = await timedHelm(folder, world.tools.helm4);
  const readyAt = new Map();
  const api = await world.rooms.clusterApi(world.env.KUBECONFIG);
  await api.send("POST", "/api/v1/namespaces", { metadata: { name: "reaction" } });
  api.watch("/apis/apps/v1/namespaces/reaction/deployments", (_type, { metadata, status }) => {
    if (status.availableReplicas === 1 && !readyAt.has(metadata.name)) readyAt.set(metadata.name, Date.now());
  });
  await world.up(file, helm.path);
  api.close();
  const startedAt = await helm.startedAt();
  const took = names.slice(1).map((name, index) => startedAt.get(name) - readyAt.get(names[index]));
  const [p50, p95, most] = [50, 95, 100].map((share) => percentile(took, share));
  console.log(`  p50 ${p50} ms, p95 ${p95} ms, most ${most} ms  (wanted p95 ≤ 100 ms)`);
}

const APP = `apiVersion: apps/v1
kind: Deployment
metadata: { name: "{{ .Release.Name }}" }
spec:
  selector: { matchLabels: { app: "{{ .Release.Name }}" } }
  template:
    metadata:
      labels: { app: "{{ .Release.Name }}" }
      annotations: { sandbox.flotilla.dev/ready-after: ${READY_AFTER} }
    spec: { containers: [{ name: app, image: registry.example/app:1 }] }
`;

/** A helm that writes down when it starts, and with what. */
async function timedHelm(folder, helm) {
  const path = join(folder, "helm");
  const log = join(folder, "helm.log");
  await writeFile(path, `#!/bin/bash\necho "$EPOCHREALTIME $*" >> ${log}\nexec ${helm} "$@"\n`);
  await writeFile(log, "");
  await chmod(path, 0o755);
  return {
    path,
    /** Release → when its upgrade started, in ms since 1970. */
    startedAt: async () =>
      new Map(
        (await readFile(log, "utf8")).split("\n").flatMap((entry) => {
          const [time, ...args] = entry.split(" ");
          const at = args.indexOf("upgrade");
          const release = args.slice(at + 1).find((argument) => !argument.startsWith("-"));
          return at < 0 ? [] : [[release, Math.round(Number(time) * 1000)]];
        }),
      ),
  };
}

/** The real istiod as a process: from the moment that its webhooks answer to a gateway's helm. */
export async function gate(world) {
  console.log(`\nFrom istiod's webhooks serving to the first gateway's helm, ${GATE_ROUNDS} rounds`);
  const istiod = await world.rooms.istiodProcess(world.env.KUBECONFIG);
  const istio = {
    version: "1.31.1",
    source: world.source,
    values: istiod.values,
    gateways: { ingress: { role: "ingress", namespace: "edge" }, egress: { role: "egress", namespace: "outer" } },
  };
  const environments = { bench: { profile: "sandbox", context: "flotilla-sandbox-bench" } };
  const file = await writeStack(
    world,
    "gate",
    stringify({ apiVersion: "flotilla/v1", stack: "gate", environments, istio }),
  );
  const took = [];
  for (let round = 0; round < GATE_ROUNDS; round += 1) {
    await world.reset();
    const helm = await timedHelm(dirname(file), world.tools.helm4);
    const run = startUp(world, file, helm.path);
    await run.saw(/"step":"gate\/injection\/ingress".*"awaiting":\["/);
    // Done when its webhooks have answered.
    await istiod.start();
    const servingAt = Date.now();
    await run.done;
    const started = await helm.startedAt();
    took.push(Math.min(started.get("ingress"), started.get("egress")) - servingAt);
    await istiod.stop();
  }
  const [p50, most] = [50, 100].map((share) => percentile(took, share));
  console.log(`  p50 ${p50} ms, most ${most} ms  (wanted ≤ 1000 ms)`);
}

function startUp(world, file, helm) {
  const child = spawn(process.execPath, [world.flotilla, "up", "-c", file, "--yes", "-o", "ndjson"], {
    env: { ...process.env, ...world.env, FLOTILLA_HELM: helm },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  const looks = new Set();
  child.stdout.on("data", (chunk) => {
    output += chunk;
    for (const look of looks) look();
  });
  return {
    saw: (pattern) =>
      new Promise((resolve) => {
        const look = () => {
          if (!output.split("\n").some((entry) => pattern.test(entry))) return;
          looks.delete(look);
          resolve();
        };
        looks.add(look);
        look();
      }),
    done: new Promise((resolve, reject) => {
      child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`up ended with ${code}:\n${output}`))));
    }),
  };
}
