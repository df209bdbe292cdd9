import { afterEach, beforeEach, expect, test } from "vitest";
import type { RunEvent } from "../../src/model/events.ts";
import type { Plan } from "../../src/model/plan.ts";
import { runPlan } from "../../src/operations/run-plan.ts";
import { answer, type FakeCluster, refuse, startFakeCluster } from "../kube/fake-cluster.ts";
import { NAMESPACE, PLAN } from "../report/samples.ts";
import { sampleStack } from "../support/sample-stack.ts";
import { recordingContext } from "../support/temp-cache.ts";

let api: FakeCluster;

beforeEach(async () => {
  api = await startFakeCluster(({ query, method, body }, response) => {
    if (method === "POST") answer(response, 201, JSON.parse(body));
    else if (query.has("limit")) answer(response, 200, { items: [], metadata: {} });
    else refuse(response, 404, "NotFound", "not found");
  });
});
afterEach(() => api.close());

test("events tell times in whole milliseconds", async () => {
  const context = recordingContext();
  const cluster = {
    client: api.client,
    helmTarget: { kubeconfig: api.kubeconfig, context: null },
    context: "fake",
    kubernetesVersion: "v1.36.0",
  };
  const helm = { path: () => Promise.reject(new Error("no helm")), open: () => Promise.reject(new Error("no helm")) };
  const plan: Plan = { ...PLAN, stack: "demo", steps: [NAMESPACE] };
  await runPlan(plan, { stack: sampleStack("flotilla.yaml", []), pinned: [], cluster, helm }, context);
  const times = context.events.flatMap((event: RunEvent) => ("durationMs" in event ? [event.durationMs] : []));
  expect(times).toHaveLength(1);
  expect(times.filter((time) => !Number.isInteger(time))).toEqual([]);
});
