import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/model/json.ts";
import { readinessOf } from "../../src/readiness/rules.ts";
import { condition, live, pod, viewOf } from "./objects.ts";

type Row = readonly [string, JsonObject, JsonObject, string, string | null, string | null];

function judge(kind: string, spec: JsonObject, status: JsonObject): readonly (string | null)[] {
  const { state, awaiting, reason } = readinessOf(live("apps/v1", kind, spec, status), viewOf());
  return [state, awaiting, reason];
}

const UNOBSERVED = "the newest spec is not observed yet";
const seen = { observedGeneration: 2 };

describe("Deployment", () => {
  const all = { ...seen, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 };
  const three = { replicas: 3 };
  const late = condition("Progressing", "False", "ProgressDeadlineExceeded", 'ReplicaSet "web-1" has timed out');
  const refused = condition("ReplicaFailure", "True", "FailedCreate", "exceeded quota");
  const rows: readonly Row[] = [
    ["all there", three, all, "ready", null, null],
    ["one by default", {}, { ...seen, replicas: 1, updatedReplicas: 1, availableReplicas: 1 }, "ready", null, null],
    ["none wanted", { replicas: 0 }, seen, "ready", null, null],
    ["none wanted, one still there", { replicas: 0 }, { ...seen, replicas: 1 }, "waiting", "end of 1 old pod", null],
    ["no status yet", three, {}, "waiting", "0/3 pods ready", UNOBSERVED],
    ["status of the older spec", three, { ...all, observedGeneration: 1 }, "waiting", "3/3 pods ready", UNOBSERVED],
    ["two of three", three, { ...all, availableReplicas: 2 }, "waiting", "2/3 pods ready", null],
    ["rollout", three, { ...all, replicas: 4, updatedReplicas: 1 }, "waiting", "1/3 pods updated", null],
    ["old ones left", three, { ...all, replicas: 5 }, "waiting", "end of 2 old pods", null],
    ["pods refused", three, { ...seen, conditions: [refused] }, "waiting", "0/3 pods ready", "exceeded quota"],
    [
      "deadline",
      three,
      { ...seen, availableReplicas: 1, conditions: [late] },
      "failed",
      "1/3 pods ready",
      late["message"] as string,
    ],
    [
      "deadline of the older spec",
      three,
      { observedGeneration: 1, conditions: [late] },
      "waiting",
      "0/3 pods ready",
      UNOBSERVED,
    ],
    ["paused", { ...three, paused: true }, { ...all, updatedReplicas: 0 }, "ready", null, "rollout is paused"],
    ["paused without pods", { ...three, paused: true }, seen, "waiting", "0/3 pods ready", "rollout is paused"],
  ];
  test.each(rows)("%s", (_name, spec, status, ...expected) => {
    expect(judge("Deployment", spec, status)).toEqual(expected);
  });
});

describe("StatefulSet", () => {
  const three = { replicas: 3, updateStrategy: { type: "RollingUpdate" } };
  const all = { ...seen, replicas: 3, readyReplicas: 3, updatedReplicas: 3, currentRevision: "a", updateRevision: "a" };
  const rolling = { ...all, updatedReplicas: 1, updateRevision: "b" };
  const partition = (count: number): JsonObject => ({
    replicas: 3,
    updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: count } },
  });
  const rows: readonly Row[] = [
    ["all there", three, all, "ready", null, null],
    ["complete, count left out", three, { ...all, updatedReplicas: 0 }, "ready", null, null],
    ["two of three", three, { ...all, readyReplicas: 2 }, "waiting", "2/3 pods ready", null],
    ["older spec", three, { ...all, observedGeneration: 1 }, "waiting", "3/3 pods ready", UNOBSERVED],
    ["rollout", three, rolling, "waiting", "1/3 pods updated", null],
    ["partition reached", partition(2), rolling, "ready", null, null],
    ["partition not reached", partition(1), rolling, "waiting", "1/2 pods updated", null],
    ["partition beyond all", partition(9), { ...rolling, updatedReplicas: 0 }, "ready", null, null],
    ["on delete", { replicas: 3, updateStrategy: { type: "OnDelete" } }, rolling, "ready", null, null],
    ["scaling down", { replicas: 2 }, all, "waiting", "end of surplus pods", null],
    ["none wanted", { replicas: 0 }, seen, "ready", null, null],
  ];
  test.each(rows)("%s", (_name, spec, status, ...expected) => {
    expect(judge("StatefulSet", spec, status)).toEqual(expected);
  });
});

describe("DaemonSet", () => {
  const all = { ...seen, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2, numberReady: 2 };
  const rows: readonly Row[] = [
    ["all there", {}, all, "ready", null, null],
    ["no node fits", {}, { ...seen, desiredNumberScheduled: 0 }, "ready", null, null],
    ["not counted yet", {}, {}, "waiting", "pods to be counted", UNOBSERVED],
    [
      "none ready on one node",
      {},
      { ...seen, desiredNumberScheduled: 1, updatedNumberScheduled: 1 },
      "waiting",
      "0/1 pods ready",
      null,
    ],
    ["not yet available", {}, { ...all, numberAvailable: 1 }, "waiting", "1/2 pods ready", null],
    ["rollout", {}, { ...all, updatedNumberScheduled: 1 }, "waiting", "1/2 pods updated", null],
    ["on delete", { updateStrategy: { type: "OnDelete" } }, { ...all, updatedNumberScheduled: 0 }, "ready", null, null],
    ["older spec", {}, { ...all, observedGeneration: 1 }, "waiting", "pods to be counted", UNOBSERVED],
  ];
  test.each(rows)("%s", (_name, spec, status, ...expected) => {
    expect(judge("DaemonSet", spec, status)).toEqual(expected);
  });
});

describe("a DaemonSet says why its own pods are not ready", () => {
  const status = { ...seen, desiredNumberScheduled: 2, updatedNumberScheduled: 2 };
  const set = live("apps/v1", "DaemonSet", {}, status);
  const owned = { ...set, metadata: { ...set.metadata, uid: "set-1" } };
  const waitingFor = (reason: string): JsonObject => ({
    containerStatuses: [{ name: "c", state: { waiting: { reason } } }],
  });
  const mine = { ownerReferences: [{ kind: "DaemonSet", name: "web", uid: "set-1" }] };
  const another = { ownerReferences: [{ kind: "DaemonSet", name: "other", uid: "set-2" }] };

  test.each([
    ["pulling", [pod("a", {}, waitingFor("ImagePullBackOff"), mine)], "pod a, container c: ImagePullBackOff"],
    ["starting", [pod("a", {}, waitingFor("ContainerCreating"), mine)], null],
    ["another set's", [pod("a", {}, waitingFor("ImagePullBackOff"), another)], null],
    [
      "on its way out",
      [pod("a", {}, waitingFor("CrashLoopBackOff"), { ...mine, deletionTimestamp: "2026-01-01" })],
      null,
    ],
    [
      "unscheduled",
      [pod("a", {}, { conditions: [condition("PodScheduled", "False", "Unschedulable", "0/3 nodes fit")] }, mine)],
      "pod a: 0/3 nodes fit",
    ],
  ])("%s", (_name, pods, reason) => {
    expect(readinessOf(owned, viewOf(pods))).toEqual({ state: "waiting", awaiting: "0/2 pods ready", reason });
  });

  test("where pods may not be read, the count is all there is", () => {
    expect(readinessOf(owned, viewOf([], "Pod"))).toMatchObject({ state: "waiting", reason: null });
  });
});

describe("ReplicaSet", () => {
  const all = { ...seen, replicas: 3, readyReplicas: 3, availableReplicas: 3 };
  const three = { replicas: 3 };
  const refused = condition("ReplicaFailure", "True", "FailedCreate", "exceeded quota");
  const rows: readonly Row[] = [
    ["all there", three, all, "ready", null, null],
    ["none wanted", { replicas: 0 }, seen, "ready", null, null],
    ["ready, not yet available", three, { ...all, availableReplicas: 2 }, "waiting", "2/3 pods ready", null],
    ["pods refused", three, { ...seen, conditions: [refused] }, "waiting", "0/3 pods ready", "exceeded quota"],
    ["surplus", three, { ...all, replicas: 4 }, "waiting", "end of surplus pods", null],
    ["older spec", three, { ...all, observedGeneration: 1 }, "waiting", "3/3 pods ready", UNOBSERVED],
    ["no status", three, {}, "waiting", "0/3 pods ready", UNOBSERVED],
  ];
  test.each(rows)("%s", (_name, spec, status, ...expected) => {
    expect(judge("ReplicaSet", spec, status)).toEqual(expected);
  });
});

test("a workload that is being deleted is not ready, whatever its status says", () => {
  const going = live("apps/v1", "Deployment", {}, { ...seen, replicas: 1, updatedReplicas: 1, availableReplicas: 1 });
  const deleted = { ...going, metadata: { ...going.metadata, deletionTimestamp: "2026-01-01", finalizers: ["x.y/z"] } };
  expect(readinessOf(deleted, viewOf())).toEqual({
    state: "waiting",
    awaiting: "Deployment web to be made anew",
    reason: "held by x.y/z",
  });
});
