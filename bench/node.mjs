// The benchmarks that need pods that really run: one cluster, emptied before each run, contestants in turn.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { namedAt } from "./diagnosis.mjs";
import { NODE_SIGNS, watchFirstSigns } from "./first-signs.mjs";
import { line, time } from "./measure.mjs";
import { bundleRooms } from "./rooms.mjs";
import { installScript, istioStack, wrongOrderScript } from "./scripts.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const flotilla = join(root, "bin", "flotilla");
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const GATEWAYS = ["istio-ingress", "istio-egress"];
const WRONG = "script, gateways before istiod";
const SCENARIOS = { install, dicom, injection, diagnosis };

/** Runs the named scenarios, or all, on the cluster of FLOTILLA_TEST_KUBECONFIG. */
export async function runNodeBenchmarks(names) {
  const folder = await mkdtemp(join(tmpdir(), "flotilla-bench-"));
  const rooms = await bundleRooms(folder, {
    clusterApi: "test/support/cluster-api.ts",
    dicomEcho: "test/support/dicom-echo.ts",
    ensureTools: "src/tools/ensure-tools.ts",
    failingStack: "test/node/failures.ts",
    openTestCluster: "test/support/test-cluster.ts",
  });
  const { ensureTools, openTestCluster } = rooms;
  const cluster = await openTestCluster();
  const tools = await ensureTools(["helm4", "helm3"], { signal: new AbortController().signal, emit: () => {} });
  const file = join(folder, "flotilla.yaml");
  await writeFile(file, istioStack(cluster.istioSource, `{ context: ${cluster.context} }`));
  const env = { KUBECONFIG: cluster.kubeconfig, NO_COLOR: "1" };
  const world = {
    cluster,
    rooms,
    folder,
    env,
    tools,
    script: (text) => time("bash", ["-c", text], env),
    up: (helm) => time(process.execPath, [flotilla, "up", "-c", file, "--yes"], { ...env, FLOTILLA_HELM: helm }),
    reset: (...others) => cluster.clean(...GATEWAYS, "istio-system", "flotilla-system", ...others),
  };
  try {
    for (const [name, scenario] of Object.entries(SCENARIOS)) {
      if (names.length === 0 || names.includes(name)) await scenario(world);
    }
  } finally {
    cluster.api.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function install({ cluster, tools, script, up, reset }) {
  console.log(`\nFirst install of base, istiod, two gateways with pods that run, ${ROUNDS} rounds`);
  const seconds = {};
  const contestants = {};
  for (const [tool, helm] of Object.entries(tools)) {
    contestants[`script, ${tool} --wait`] = () => script(installScript(helm, cluster.istioSource, ""));
    contestants[`flotilla, ${tool}`] = () => up(helm);
    contestants[`flotilla, ${tool}, again`] = () => up(helm);
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, run] of Object.entries(contestants)) {
      if (!name.endsWith("again")) await reset();
      (seconds[name] ??= []).push((await run()).seconds);
    }
  }
  await reset();
  for (const tool of Object.keys(tools)) {
    const base = seconds[`script, ${tool} --wait`];
    line(`script, ${tool} --wait`, base);
    line(`flotilla, ${tool}`, seconds[`flotilla, ${tool}`], base, "0.7 ×");
    line(`flotilla, ${tool}, again`, seconds[`flotilla, ${tool}, again`]);
  }
}

/** The quickstart on an empty cluster: how long until a DICOM device gets its first answer over TLS. */
async function dicom({ cluster, rooms, folder, env, tools, reset }) {
  console.log(`\nFrom an empty cluster to the first C-ECHO over TLS, both gateways, ${ROUNDS} rounds`);
  const example = await readFile(join(root, "examples", "quickstart", "flotilla.yaml"), "utf8");
  const file = join(folder, "dicom.yaml");
  await writeFile(
    file,
    example
      .replace("../../charts/dicom", join(root, "charts", "dicom"))
      .replace("version: ~1.31.0", `version: ~1.31.0\n  source: ${cluster.istioSource}`),
  );
  const args = [flotilla, "up", "-c", file, "--yes", "--kubeconfig", cluster.kubeconfig, "--context", cluster.context];
  const all = () => reset("dicom");
  for (const [tool, helm] of Object.entries(tools)) {
    const seconds = { [`flotilla, ${tool}`]: [], [`first C-ECHO, ${tool}`]: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      await all();
      const begun = performance.now();
      const run = await time(process.execPath, args, { ...env, FLOTILLA_HELM: helm });
      seconds[`flotilla, ${tool}`].push(run.seconds);
      await firstEcho(cluster, rooms);
      seconds[`first C-ECHO, ${tool}`].push((performance.now() - begun) / 1000);
    }
    line(`flotilla, ${tool}`, seconds[`flotilla, ${tool}`]);
    line(`first C-ECHO, ${tool}`, seconds[`first C-ECHO, ${tool}`], null, "28 s");
  }
  await all();
}

async function firstEcho({ api }, { dicomEcho }) {
  const service = await api.get("/api/v1/namespaces/istio-ingress/services/istio-ingressgateway");
  const secret = await api.get("/api/v1/namespaces/dicom/secrets/dicom-ca");
  const ca = Buffer.from(secret.data["tls.crt"], "base64").toString();
  const host = service.status.loadBalancer.ingress[0].ip;
  for (;;) {
    const answer = await dicomEcho({ host, port: 11112, ca, servername: "dicom.test" }).catch(() => null);
    if (answer?.status === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** How often a gateway pod is created before injection works, and keeps the image `auto`. */
async function injection({ cluster, tools, script, up, reset }) {
  console.log(`\nRuns that leave a gateway pod on the image auto, ${ROUNDS} rounds`);
  const missed = { [WRONG]: 0, flotilla: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    await reset();
    await script(wrongOrderScript(tools.helm4, cluster.istioSource));
    if (await hasAuto(cluster.api)) missed[WRONG] += 1;
    await reset();
    await up(tools.helm4);
    if (await hasAuto(cluster.api)) missed.flotilla += 1;
  }
  await reset();
  for (const [name, count] of Object.entries(missed)) console.log(`  ${name.padEnd(34)} ${count} of ${ROUNDS}`);
}

async function hasAuto(api) {
  const lists = await Promise.all(GATEWAYS.map((namespace) => api.get(`/api/v1/namespaces/${namespace}/pods`)));
  const images = lists.flatMap(({ items }) => items.flatMap(({ spec }) => spec.containers.map(({ image }) => image)));
  return images.includes("auto");
}

/** How long after the cluster's first sign of a failure flotilla names it, all failures in one run. */
async function diagnosis({ cluster, rooms, folder, env, tools }) {
  console.log(`\nFrom the first sign in the cluster to the line that names it, ${ROUNDS} rounds`);
  const { file, failures, namespaces } = await rooms.failingStack(join(folder, "failing"));
  const seconds = Object.fromEntries(failures.map(({ name }) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    const api = await rooms.clusterApi(cluster.kubeconfig);
    const signs = watchFirstSigns(api, NODE_SIGNS, (namespace) => namespace.replace("failing-", ""));
    const named = await namedAt([flotilla, "up", "-c", file, "--yes", "-o", "ndjson"], {
      ...env,
      FLOTILLA_CONTEXT: cluster.context,
      FLOTILLA_HELM: tools.helm4,
    });
    api.close();
    for (const { name, code } of failures) seconds[name].push((named.get(`${name} ${code}`) - signs.get(name)) / 1000);
    await cluster.clean(...namespaces, "flotilla-system");
  }
  for (const { name, code } of failures) line(`${name}: ${code}`, seconds[name], null, "3 s");
}
