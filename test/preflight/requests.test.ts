import { describe, expect, test } from "vitest";
import { bytesText, coresText, quantity } from "../../src/model/quantity.ts";
import { podGroups, podRequests } from "../../src/preflight/requests.ts";
import { object } from "./samples.ts";

test.for<readonly [unknown, number]>([
  ["500m", 0.5],
  ["2", 2],
  [2, 2],
  ["0.25", 0.25],
  ["2Gi", 2 * 2 ** 30],
  ["128Mi", 128 * 2 ** 20],
  ["1G", 1e9],
  ["1e3", 1000],
  ["1E", 1e18],
  ["100k", 100_000],
  ["two", 0],
  [undefined, 0],
])("the quantity %j is %d", ([text, number]) => {
  expect(quantity(text)).toBeCloseTo(number);
});

test("amounts in words", () => {
  expect([coresText(500), coresText(2500), bytesText(128 * 2 ** 20), bytesText(2.5 * 2 ** 30)]).toEqual([
    "500m",
    "2.5",
    "128Mi",
    "2.5Gi",
  ]);
});

const container = (cpu: string, more: object = {}): object => ({ resources: { requests: { cpu } }, ...more });
const pods = (kind: string, spec: object = {}): ReturnType<typeof object> =>
  object(kind, { name: "x" }, { spec: { template: { spec: { containers: [container("1")] } }, ...spec } });

describe("a pod takes", () => {
  test.for<readonly [string, object, number]>([
    ["the sum of its containers", { containers: [container("1"), container("500m")] }, 1500],
    [
      "its greediest init container, when that is more",
      { containers: [container("1")], initContainers: [container("2"), container("3")] },
      3000,
    ],
    [
      "its containers and sidecars",
      { containers: [container("1")], initContainers: [container("1", { restartPolicy: "Always" })] },
      2000,
    ],
    ["its overhead", { containers: [container("1")], overhead: { cpu: "250m" } }, 1250],
    ["nothing, when it asks for nothing", { containers: [{}] }, 0],
  ])("%s", ([, spec, cpu]) => {
    expect(podRequests(JSON.parse(JSON.stringify(spec))).cpu).toBe(cpu);
  });
});

describe("a chart makes", () => {
  const scaler = object(
    "HorizontalPodAutoscaler",
    { name: "x" },
    {
      spec: { scaleTargetRef: { kind: "Deployment", name: "x" }, minReplicas: 3 },
    },
  );
  test.for<readonly [string, readonly ReturnType<typeof object>[], readonly number[]]>([
    ["one pod of a Deployment without a number", [pods("Deployment")], [1]],
    ["as many as it says", [pods("StatefulSet", { replicas: 2 })], [2]],
    ["the autoscaler's minimum", [pods("Deployment"), scaler], [3]],
    ["one a node of a DaemonSet", [pods("DaemonSet")], [5]],
    ["none of a CronJob, and none of other kinds", [pods("CronJob"), object("Service", { name: "x" })], []],
  ])("%s", ([, objects, counts]) => {
    expect(podGroups(objects, 5).map(({ count }) => count)).toEqual(counts);
  });
});
