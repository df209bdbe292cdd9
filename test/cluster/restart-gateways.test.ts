import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { RunEvent } from "../../src/model/events.ts";
import type { Stack } from "../../src/model/stack.ts";
import { connect } from "../../src/kube/connect.ts";
import type { Cluster } from "../../src/operations/connect-cluster.ts";
import { restartGateways } from "../../src/operations/restart-gateways.ts";
import { readStatus } from "../../src/operations/read-status.ts";
import { sampleRelease, sampleStack } from "../support/sample-stack.ts";
import { startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";
import { until } from "../support/until.ts";

const RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";
const CHART = { type: "folder", path: "/chart" } as const;
const WAIT = { timeoutMs: 60_000, enabled: true, engine: "auto", for: [] } as const;

let sandbox: TestSandbox;
let cluster: Cluster;

const gateway = (name: string, role: "ingress" | "egress") =>
  sampleRelease({ name, namespace: name, role: `istio-${role}-gateway`, chart: CHART, wait: WAIT });
const STACK: Stack = sampleStack("/flotilla.yaml", [gateway("in", "ingress"), gateway("out", "egress")], "mesh");

beforeAll(async () => {
  sandbox = await startTestSandbox();
  const client = await connect({ kubeconfig: sandbox.kubeconfig, context: sandbox.context });
  cluster = {
    client,
    helmTarget: { kubeconfig: sandbox.kubeconfig, context: sandbox.context },
    context: sandbox.context,
    kubernetesVersion: "v1.36.3",
  };
});

beforeEach(async () => {
  await sandbox.reset();
  await deploy("istio-system", "istiod", "docker.io/istio/pilot:1.31.1", 1);
});

afterAll(async () => {
  cluster.client.close();
  await sandbox.stop();
});

async function deploy(
  namespace: string,
  name: string,
  image: string,
  replicas: number,
  maxUnavailable = 0,
): Promise<void> {
  await sandbox.api.send("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
  await sandbox.api.send("POST", `/apis/apps/v1/namespaces/${namespace}/deployments`, {
    metadata: { name, labels: { app: name } },
    spec: {
      replicas,
      strategy: { rollingUpdate: { maxUnavailable, maxSurge: 1 } },
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: name === "istiod" ? "discovery" : "istio-proxy", image }] },
      },
    },
  });
  expect(await until(async () => (await live(namespace, name))["status"].availableReplicas === replicas, 30_000)).toBe(
    true,
  );
}

const live = async (namespace: string, name: string) =>
  (await sandbox.api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`)) ?? {};
const restartedAt = async (name: string): Promise<string | undefined> =>
  (await live(name, name))["spec"].template.metadata.annotations?.[RESTARTED_AT];

test("status names outdated proxies; they are made anew, one gateway after the other", async () => {
  await deploy("in", "in", "docker.io/istio/proxyv2:1.30.5", 2);
  await deploy("out", "out", "docker.io/istio/proxyv2:1.30.5", 1);
  const events: RunEvent[] = [];
  const context = { signal: new AbortController().signal, emit: (event: RunEvent) => events.push(event) };
  const { outdatedProxies } = await readStatus(STACK, cluster, context);
  expect(outdatedProxies).toEqual([
    { namespace: "in", kind: "Deployment", name: "in", pods: 2, version: "1.30.5", controlPlane: "1.31.1" },
    { namespace: "out", kind: "Deployment", name: "out", pods: 1, version: "1.30.5", controlPlane: "1.31.1" },
  ]);
  expect(await restartGateways(STACK, cluster, {}, context)).toBe(2);
  expect(await restartedAt("in")).toBeDefined();
  expect(await restartedAt("out")).toBeDefined();
  const steps = events.flatMap((event) =>
    event.type === "task-started" || event.type === "task-finished" ? [`${event.type} ${event.task}`] : [],
  );
  expect(steps).toEqual([
    "task-started restart/in",
    "task-finished restart/in",
    "task-started restart/out",
    "task-finished restart/out",
  ]);
  // Nobody holds the stack afterwards.
  const leases = await sandbox.api.get("/apis/coordination.k8s.io/v1/namespaces/flotilla-system/leases");
  expect(leases?.["items"].map(({ metadata }: { metadata: { name: string } }) => metadata.name)).toEqual([]);
});

test("gateways whose proxies are current are left alone", async () => {
  await deploy("in", "in", "docker.io/istio/proxyv2:1.31.1", 1);
  expect(await restartGateways(STACK, cluster, {}, { signal: new AbortController().signal, emit: () => {} })).toBe(0);
  expect(await restartedAt("in")).toBeUndefined();
});

test("a rollout that would take pods away waits for their PodDisruptionBudget", async () => {
  await deploy("in", "in", "docker.io/istio/proxyv2:1.30.5", 2, 1);
  const budgets = "/apis/policy/v1/namespaces/in/poddisruptionbudgets";
  await sandbox.api.send("POST", budgets, {
    metadata: { name: "in" },
    spec: { minAvailable: 2, selector: { matchLabels: { app: "in" } } },
  });
  const events: RunEvent[] = [];
  const work = restartGateways(
    STACK,
    cluster,
    {},
    {
      signal: new AbortController().signal,
      emit: (event) => events.push(event),
    },
  );
  const waits = (): boolean =>
    events.some((event) => event.type === "task-progress" && event.detail.includes("PodDisruptionBudget in"));
  expect(await until(waits, 20_000)).toBe(true);
  expect(await restartedAt("in")).toBeUndefined();
  await sandbox.api.send("DELETE", `${budgets}/in`);
  expect(await work).toBe(1);
  expect(await restartedAt("in")).toBeDefined();
});
