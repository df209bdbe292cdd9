import type { ServerResponse } from "node:http";
import { afterEach, expect, test } from "vitest";
import { WatchCache } from "../../src/kube/watch-cache.ts";
import type { Plan } from "../../src/model/plan.ts";
import { performRun, type PerformedRun } from "../../src/operations/perform-run.ts";
import { answer, type FakeCluster, refuse, type SeenRequest, startFakeCluster } from "../kube/fake-cluster.ts";
import { sampleStack } from "../support/sample-stack.ts";
import { recordingContext } from "../support/temp-cache.ts";

const RUN = "20261126-231500-0001";
const JOURNAL = `flotilla-run-demo-${RUN}`;
/** Makes the namespace `shop`. */
const PLAN: Plan = {
  version: 1,
  stack: "demo",
  environment: "test",
  context: "fake",
  kubernetesVersion: "v1.36.0",
  helmVersion: null,
  steps: [
    {
      kind: "namespace",
      id: "namespace/shop",
      needs: [],
      action: "install",
      reason: "it does not exist",
      namespace: "shop",
      labels: {},
      annotations: {},
      pullSecretsFrom: [],
    },
  ],
  summary: { install: 0, upgrade: 0, unchanged: 0, uninstall: 0, drifted: 0 },
  notes: [],
};
const context = recordingContext();
let api: FakeCluster;
let watch: WatchCache;

afterEach(async () => {
  watch.close();
  await api.close();
  context.events.length = 0;
});

/** Runs the plan on an empty cluster that answers as it should but for what `fault` answers itself. */
async function perform(fault: (request: SeenRequest, response: ServerResponse) => boolean): Promise<PerformedRun> {
  api = await startFakeCluster((request, response) => {
    const { method, query, body } = request;
    if (fault(request, response)) return;
    if (method === "POST") answer(response, 201, JSON.parse(body));
    else if (query.has("limit")) answer(response, 200, { items: [], metadata: {} });
    else refuse(response, 404, "NotFound", "not found");
  });
  watch = new WatchCache(api.client);
  const helmTarget = { kubeconfig: api.kubeconfig, context: null };
  const cluster = { client: api.client, helmTarget, context: "fake", kubernetesVersion: "v1.36.0" };
  const noHelm = (): Promise<never> => Promise.reject(new Error("nothing here needs helm"));
  const owner = { run: RUN, host: "builder", pid: 4711, processStarted: "boot/1" };
  const lock = { lost: new AbortController().signal, confirm: async () => {}, release: async () => {} };
  return performRun(
    PLAN,
    { stack: sampleStack("/flotilla.yaml", []), pinned: [], cluster, helm: { path: noHelm, open: noHelm } },
    { owner, startedAt: new Date(), command: "up", undoes: null },
    { lock, watch, elapsed: () => 0, context },
    context.signal,
  );
}

function made(): readonly string[] {
  return api.seen.flatMap(({ method, body }) => (method === "POST" ? [String(JSON.parse(body).metadata.name)] : []));
}

test("a run whose end cannot be written down has its result all the same, and that is said", async () => {
  const performed = await perform(({ method, path }, response) => {
    const isEnd = method === "GET" && path.endsWith(JOURNAL);
    if (isEnd) refuse(response, 500, "InternalError", "etcd is gone");
    return isEnd;
  });
  expect(performed).toMatchObject({ outcome: "succeeded", complete: true });
  expect(made()).toContain("shop");
  const told = context.events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
  expect(told).toEqual([expect.stringContaining(`How run ${RUN} ended is not in its journal: `)]);
});

test("a run that cannot be noted in the journal touches nothing", async () => {
  const running = perform(({ method, body }, response) => {
    const isJournal = method === "POST" && JSON.parse(body).metadata.name === JOURNAL;
    if (isJournal) refuse(response, 403, "Forbidden", 'User "bob" cannot create resource "secrets" in API group ""');
    return isJournal;
  });
  await expect(running).rejects.toMatchObject({ code: "forbidden" });
  expect(made()).toEqual([JOURNAL]);
});
