import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { lastLogLines } from "../../src/diagnosis/container-log.ts";
import type { Finding } from "../../src/diagnosis/finding.ts";
import { GIVE_UP, type GiveUpRule, type GiveUpRuleName } from "../../src/diagnosis/give-up.ts";
import { GiveUpClock } from "../../src/diagnosis/give-up-clock.ts";
import { mergeFindings } from "../../src/diagnosis/merge-findings.ts";
import { noteworthyEvents } from "../../src/diagnosis/noteworthy-events.ts";
import { judgeByAge, unexplained } from "../../src/diagnosis/to-diagnosis.ts";
import { DIAGNOSIS_CODES } from "../../src/model/diagnosis.ts";
import { deployment, event, pod, snapshotOf, waitingFor } from "./cluster-objects.ts";

function finding(rule: GiveUpRuleName, change: Partial<Finding> = {}): Finding {
  const object = { apiVersion: "v1", kind: "Pod", namespace: "shop", name: "web" };
  const text = { message: rule, hint: "", evidence: [], since: "2026-11-24T10:00:00Z" };
  return { rule, cause: rule, object, owner: null, log: null, ...text, ...change };
}

/** Codes that Helm is told of when it applies: no wait ends with them. */
const OF_HELM = ["immutable-field", "apply-conflict", "schema"];

describe("the table", () => {
  const rules: readonly GiveUpRule[] = Object.values(GIVE_UP);

  test("has every code that a wait can end with", () => {
    const codes = new Set<string>([...rules.map(({ code }) => code), ...OF_HELM]);
    expect([...codes].toSorted()).toEqual([...DIAGNOSIS_CODES].toSorted());
  });

  test("does not wait for what never heals", () => {
    for (const { heals, graceMs } of rules) expect(graceMs === 0).toBe(!heals);
  });

  test("stands in the docs", () => {
    const docs = readFileSync(new URL("../../docs/diagnosis.md", import.meta.url), "utf8");
    for (const code of DIAGNOSIS_CODES) expect(docs).toContain(`\`${code}\``);
  });
});

describe("the clock", () => {
  test("counts from the first sign, and anew after the sign was gone", () => {
    const clock = new GiveUpClock({});
    const pull = finding("image-pull");
    clock.observe([pull], 1_000);
    clock.observe([pull], 30_000);
    expect(clock.deadlineOf(pull)).toBe(61_000);
    clock.observe([], 40_000);
    clock.observe([pull], 50_000);
    expect(clock.deadlineOf(pull)).toBe(110_000);
  });

  test("keeps back for a while what belongs to the birth of an object", () => {
    const clock = new GiveUpClock({});
    const [pull, crd] = [finding("image-pull"), finding("crd-not-established", { quietMs: 10_000 })];
    clock.observe([pull, crd], 1_000);
    clock.observe([pull, crd], 5_000);
    expect([clock.tellFrom(pull), clock.tellFrom(crd)]).toEqual([1_000, 11_000]);
    expect(clock.deadlineOf(crd)).toBe(31_000);
  });

  test("knows a cause again in another pod of the same owner", () => {
    const owner = { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "web" };
    const clock = new GiveUpClock({});
    clock.observe([finding("crash-loop", { owner })], 0);
    const later = finding("crash-loop", { owner, object: { ...owner, kind: "Pod", name: "web-2" } });
    clock.observe([later], 5_000);
    expect(clock.heldMs(later, 5_000)).toBe(5_000);
  });

  test("heeds a release's own graces", () => {
    const clock = new GiveUpClock({ "image-pull": 5_000, quota: null });
    const [pull, quota, security] = [finding("image-pull"), finding("quota"), finding("pod-security")];
    clock.observe([pull, quota, security], 0);
    expect([pull, quota, security].map((each) => clock.deadlineOf(each))).toEqual([5_000, null, 0]);
  });
});

describe("a single look", () => {
  const snapshot = snapshotOf([]);
  const patience = { overrides: {}, timeoutMs: 300_000 };

  test("is judged by how long the cluster has shown it", () => {
    const severity = (rule: GiveUpRuleName, since: string, timeoutMs = 300_000): string =>
      judgeByAge(finding(rule, { since }), snapshot, { ...patience, timeoutMs }).severity;
    expect(severity("image-pull", "2026-11-24T10:00:00Z")).toBe("warning");
    expect(severity("image-pull", "2026-11-24T09:59:00Z")).toBe("error");
    expect(severity("pod-security", "2026-11-24T10:00:30Z")).toBe("error");
    expect(severity("probe-failing", "2026-11-24T09:56:00Z")).toBe("warning");
    expect(severity("probe-failing", "2026-11-24T09:50:00Z")).toBe("error");
  });

  test("brings the log's last lines with it", () => {
    const log = { namespace: "shop", pod: "web", container: "app", previous: true, restarts: 2 };
    const logs = new Map([["shop/web/app/previous/2", ["starting", "no database"]]]);
    const { evidence } = judgeByAge(finding("crash-loop", { log }), { ...snapshot, logs }, patience);
    expect(evidence).toEqual(["log of web/app: starting", "log of web/app: no database"]);
  });

  test("says what it could not look at where nothing explains anything", () => {
    const [owner] = deployment();
    const pods = { apiVersion: "v1", kind: "Pod", namespace: "shop" };
    const [only] = unexplained(waitingFor(owner), snapshotOf([], [pods]));
    expect(only).toMatchObject({ rule: "unknown", object: { kind: "Deployment", name: "web" } });
    expect(only?.evidence).toContain("not looked at: v1 Pod shop: not allowed");
  });
});

test("causes come before what follows from them", () => {
  const given = (["probe-failing", "crash-loop", "quota", "namespace-terminating", "image-pull"] as const).map((rule) =>
    finding(rule),
  );
  expect(mergeFindings(given).map(({ rule }) => rule)).toEqual([
    "namespace-terminating",
    "quota",
    "image-pull",
    "crash-loop",
    "probe-failing",
  ]);
});

test("of a log the last ten lines are kept, and of a long line its beginning", () => {
  const text = Array.from({ length: 30 }, (_, index) => `line ${index}`).join("\n");
  expect(lastLogLines(`${text}\n\n`)).toEqual(Array.from({ length: 10 }, (_, index) => `line ${index + 20}`));
  expect(lastLogLines("x".repeat(5_000))[0]).toHaveLength(301);
  expect(lastLogLines("")).toEqual([]);
});

test("events are told once, however many pods repeat them, and quiet ones not at all", () => {
  const [owner, set] = deployment();
  const state = { status: { state: { waiting: { reason: "ErrImagePull", message: "not found" } } } };
  const pods = ["web-7d4-aaaaa", "web-7d4-bbbbb"].map((name) => pod(set, state, { name }));
  const events = pods.flatMap((each) => [
    event(each, "Scheduled", `Successfully assigned shop/${each.metadata.name} to node-1`, { type: "Normal" }),
    event(
      each,
      "BackOff",
      `Back-off restarting failed container app in pod ${each.metadata.name}_shop(1f2e3d4c-0000-4000-8000-000000000000)`,
    ),
  ]);
  const told = noteworthyEvents(waitingFor(owner), snapshotOf([owner, set, ...pods, ...events]));
  expect(told.map(({ event: { reason } }) => reason)).toEqual(["BackOff"]);
});
