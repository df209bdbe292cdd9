import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { waitUntilReady } from "../../src/execute/wait-until-ready.ts";
import { connect } from "../../src/kube/connect.ts";
import type { KubeClient } from "../../src/kube/kube-client.ts";
import { WATCH_TIMES } from "../../src/kube/watch.ts";
import { WatchCache } from "../../src/kube/watch-cache.ts";
import type { Progress } from "../../src/model/readiness.ts";
import type { ClusterView } from "../../src/readiness/cluster-view.ts";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { type FaultyApi, faultyApi } from "../support/faulty-api.ts";
import { type RunningCommand, startFlotilla } from "../support/flotilla.ts";
import { deployment, writeObjectsChart } from "../support/objects-chart.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";
import { until } from "../support/until.ts";

/** The one watcher, with everything going wrong between it and a real API server. */
const signal = AbortSignal.timeout(100_000);
const CONFIG_MAP = { apiVersion: "v1", kind: "ConfigMap" };
const PATH = "/api/v1/namespaces/default/configmaps";
const WATCH = "configmaps?";
let sandbox: TestSandbox;
let folder: string;
let api: FaultyApi;
let client: KubeClient;
let cache: WatchCache;
let count = 0;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  folder = await mkdtemp(join(tmpdir(), "flotilla-faults-"));
});

afterAll(async () => {
  await sandbox?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  api = await faultyApi(sandbox.kubeconfig, folder);
  client = await connect({ kubeconfig: api.kubeconfig, context: "faulty" });
  cache = new WatchCache(client, { ...WATCH_TIMES, silenceMs: 700 });
});

afterEach(async () => {
  cache.close();
  client.close();
  await api.close();
});

/** A wait for a ConfigMap that is not there yet. `seen` resolves when something is awaited. */
function waitForNew(): {
  readonly name: string;
  readonly done: Promise<void>;
  readonly watching: () => Promise<boolean>;
} {
  const name = `late-${count++}`;
  const judge = (view: ClusterView): Progress => {
    const found = view.get({ ...CONFIG_MAP, namespace: "default", name });
    return { ready: found === null ? 0 : 1, total: 1, awaiting: found === null ? [name] : [], failed: [] };
  };
  const done = waitUntilReady(cache, { judge, onProgress: () => {}, onForbidden: () => {}, signal });
  return { name, done, watching: () => until(() => api.streams() > 0, 10_000) };
}

function make(name: string): Promise<unknown> {
  return sandbox.api.send("POST", PATH, { ...CONFIG_MAP, metadata: { name } });
}

const lists = (): number => api.requests.filter((line) => line.includes(WATCH) && !line.includes("watch=true")).length;

test("streams that are cut, again and again", async () => {
  const wait = waitForNew();
  for (let cuts = 0; cuts < 3; cuts += 1) {
    expect(await wait.watching()).toBe(true);
    api.cutStreams();
    expect(await until(() => api.streams() === 0, 5_000)).toBe(true);
  }
  await make(wait.name);
  await wait.done;
  expect(lists()).toBe(1);
});

test("a stream that falls silent is opened anew, and what happened meanwhile is seen", async () => {
  const wait = waitForNew();
  expect(await wait.watching()).toBe(true);
  api.silenceStreams();
  await make(wait.name);
  await wait.done;
  expect(lists()).toBe(1);
});

test("a past that is forgotten is listed anew", async () => {
  const wait = waitForNew();
  expect(await wait.watching()).toBe(true);
  api.fail({ match: "watch=true", status: 410, reason: "Expired", times: 1 });
  api.cutStreams();
  expect(await until(() => lists() === 2, 10_000)).toBe(true);
  await make(wait.name);
  await wait.done;
});

test("pages whose snapshot is gone are listed in one", async () => {
  for (const name of ["one", "two", "three"]) await make(`page-${name}`);
  api.fail({ match: "continue=", status: 410, reason: "Expired", times: 1 });
  const { items } = await client.list(CONFIG_MAP, "default", { pageSize: 2 }, signal);
  const names = items.map(({ metadata }) => metadata.name);
  expect(names).toEqual(expect.arrayContaining(["page-one", "page-two", "page-three"]));
});

test.each([
  ["too many requests", { status: 429, reason: "TooManyRequests", retryAfter: 1 }],
  [
    "a server that is overloaded and says when to come back",
    { status: 503, reason: "ServiceUnavailable", retryAfter: 1 },
  ],
  ["a server in trouble", { status: 500, reason: "InternalError" }],
])("%s, at the list and at the watch", async (_name, fault) => {
  api.fail({ ...fault, match: WATCH, times: 2 });
  const wait = waitForNew();
  expect(await wait.watching()).toBe(true);
  api.fail({ ...fault, match: "watch=true", times: 1 });
  api.cutStreams();
  await make(wait.name);
  await wait.done;
});

test("an API server that is away for a while", async () => {
  const wait = waitForNew();
  expect(await wait.watching()).toBe(true);
  await api.goAway();
  await make(wait.name);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await api.comeBack();
  await wait.done;
});

test("a whole run whose streams are cut all the time succeeds", async () => {
  const file = join(folder, "flotilla.yaml");
  const stack = {
    apiVersion: "flotilla/v1",
    stack: "faults",
    environments: { here: { profile: "sandbox", context: "faulty" } },
    istio: {
      version: "~1.31.0",
      source: sandbox.istioSource,
      gateways: { ingress: { role: "ingress", namespace: "edge" } },
    },
  };
  await writeFile(file, stringify(stack));
  const { helm4 } = await ensureTools(["helm4"], quietContext());
  const run = startFlotilla(["up", "-c", file, "--kubeconfig", api.kubeconfig, "--yes", "-o", "json"], {
    env: { ...sandbox.env, FLOTILLA_HELM: helm4 },
  });
  const cutting = setInterval(() => api.cutStreams(), 100);
  const { code, stdout, stderr } = await run.done.finally(() => clearInterval(cutting));
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout).outcome).toBe("succeeded");
});

/** A run that waits long enough for trouble: its only pod is ready after some seconds. */
async function startLongWait(name: string, readyAfter: string): Promise<RunningCommand> {
  const chart = await writeObjectsChart(folder);
  const file = join(folder, `${name}.yaml`);
  const objects = [deployment("app", { marks: { "ready-after": readyAfter } })];
  const releases = [{ name, namespace: name, chart, values: [{ objects }] }];
  const environments = { here: { profile: "sandbox", context: "faulty" } };
  await writeFile(file, stringify({ apiVersion: "flotilla/v1", stack: name, environments, releases }));
  const { helm4 } = await ensureTools(["helm4"], quietContext());
  const run = startFlotilla(["up", "-c", file, "--kubeconfig", api.kubeconfig, "--yes", "-o", "ndjson"], {
    env: { ...sandbox.env, FLOTILLA_HELM: helm4 },
  });
  let output = "";
  run.child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  expect(await until(() => output.includes(`"type":"step-progress"`), 60_000), output).toBe(true);
  expect(await until(() => api.streams() > 0, 30_000)).toBe(true);
  return run;
}

function outcome(stdout: string): unknown {
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "").outcome;
}

test("a whole run survives an API server that is stopped for ten seconds in the middle of its wait", async () => {
  const run = await startLongWait("away", "6s");
  await api.goAway();
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  await api.comeBack();
  const { code, stdout, stderr } = await run.done;
  expect(code, stderr).toBe(0);
  expect(outcome(stdout)).toBe("succeeded");
});

test("a whole run whose streams fall silent in the middle of its wait sees all the same that all is well", async () => {
  const run = await startLongWait("silent", "5s");
  api.silenceStreams();
  const { code, stdout, stderr } = await run.done;
  expect(code, stderr).toBe(0);
  expect(outcome(stdout)).toBe("succeeded");
});
