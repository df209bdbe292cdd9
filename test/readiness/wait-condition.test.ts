import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../src/model/kube-object.ts";
import type { WaitCondition, WaitExpectation } from "../../src/model/wait-condition.ts";
import { findByPath } from "../../src/readiness/json-path.ts";
import { parseJsonPath } from "../../src/model/json-path-syntax.ts";
import { conditionReadiness } from "../../src/readiness/wait-condition.ts";
import { condition, live, viewOf } from "./objects.ts";

const DOCUMENT = {
  metadata: { labels: { "app.kubernetes.io/name": "web" }, name: "it's" },
  spec: {
    ports: [
      { name: "http", port: 80 },
      { name: "https", port: 443 },
    ],
    empty: "",
  },
  status: {
    conditions: [
      { type: "Ready", status: "True" },
      { type: "Synced", status: "False" },
    ],
    phase: "Running",
    count: 3,
  },
};

describe("JSONPath as kubectl takes it", () => {
  test.each<readonly [string, readonly unknown[]]>([
    ["{.status.phase}", ["Running"]],
    [".status.phase", ["Running"]],
    ["status.phase", ["Running"]],
    ["{$.status.phase}", ["Running"]],
    ["{.spec.ports[0].port}", [80]],
    ["{.spec.ports[-1].name}", ["https"]],
    ["{.spec.ports[5].name}", []],
    ["{.spec.ports[*].port}", [80, 443]],
    ["{.spec.ports[0:1].port}", [80]],
    ["{.spec.ports[1:].port}", [443]],
    ['{.metadata.labels["app.kubernetes.io/name"]}', ["web"]],
    ["{.metadata.labels['app.kubernetes.io/name']}", ["web"]],
    ["{.metadata.labels.app\\.kubernetes\\.io/name}", ["web"]],
    ['{["metadata"].name}', ["it's"]],
    ['{.status.conditions[?(@.type=="Ready")].status}', ["True"]],
    ["{.status.conditions[?(@.type=='Ready')].status}", ["True"]],
    ['{.status.conditions[?(@.type != "Ready")].status}', ["False"]],
    ["{.spec.ports[?(@.port>100)].name}", ["https"]],
    ["{.spec.ports[?(@.port<=80)].name}", ["http"]],
    ["{.spec.ports[?(@.nodePort)].name}", []],
    ["{..port}", [80, 443]],
    ["{.status.*}", [DOCUMENT.status.conditions, "Running", 3]],
    ["{.nothing.here}", []],
    ["{.constructor}", []],
  ])("%s", (text, values) => {
    const parsed = parseJsonPath(text);
    expect("steps" in parsed ? findByPath(DOCUMENT, parsed.steps) : parsed).toEqual(values);
  });

  test.each([
    ["", "it names no field"],
    ["{}", "it names no field"],
    ["{.a[}", 'a number, *, a quoted name or ?( is expected after "["'],
    ["{.a[0}", "] is missing"],
    ["{.a.}", "a name is expected"],
    ['{.a[?(@.b=="x")', "] is expected"],
    ["{.a[?(.b)]}", "a filter begins with @"],
    ["{.a[?(@.b==x)]}", "a quoted text, a number, true, false or null is expected"],
    ["{.a b}", "a . or [ is expected"],
    ["{range .a[*]}", "a . or [ is expected"],
  ])("%s is none", (text, problem) => {
    const parsed = parseJsonPath(text);
    expect("problem" in parsed).toBe(true);
    if ("problem" in parsed && problem !== "] is expected") expect(parsed.problem).toContain(problem);
  });
});

describe("what the user waits for", () => {
  const ready: WaitExpectation = { type: "condition", condition: "Ready", status: "True" };
  const phase = (value: string | null): WaitExpectation => ({ type: "jsonpath", path: "{.status.phase}", value });
  const base = { apiVersion: "example.com/v1", kind: "Widget", namespace: null } as const;
  const byName = (expect: WaitExpectation): WaitCondition => ({ ...base, select: { name: "web" }, expect });
  const byLabels = (expect: WaitExpectation): WaitCondition => ({ ...base, select: { labels: { app: "x" } }, expect });
  const widget = (name: string, status: KubeObject["status"]): KubeObject => {
    const object = live("example.com/v1", "Widget", {}, status ?? {});
    return { ...object, metadata: { ...object.metadata, name, labels: { app: "x" } } };
  };
  const good = widget("web", { conditions: [condition("Ready", "True")], phase: "Bound" });
  const bad = widget("other", { conditions: [condition("Ready", "False", "Slow", "takes a while")], phase: "" });

  test.each<readonly [string, WaitCondition, readonly KubeObject[], string, string | null, string | null]>([
    ["a condition that holds", byName(ready), [good, bad], "ready", null, null],
    ["not there yet", byName(ready), [bad], "waiting", "Widget web to exist", null],
    [
      "of several, one does not",
      byLabels(ready),
      [good, bad],
      "waiting",
      "Widget app=x: condition Ready to be True",
      "takes a while",
    ],
    ["labels that fit nothing", byLabels(ready), [], "waiting", "Widget app=x to exist", null],
    ["a value", byName(phase("Bound")), [good], "ready", null, null],
    [
      "another value",
      byName(phase("Lost")),
      [good],
      "waiting",
      "Widget web: {.status.phase} to be Lost",
      "it is Bound",
    ],
    ["any value", byName(phase(null)), [good], "ready", null, null],
    [
      "an empty one is none",
      byLabels(phase(null)),
      [bad],
      "waiting",
      "Widget app=x: {.status.phase} to be set",
      "it is ",
    ],
    [
      "no such field",
      byName(phase("x")),
      [widget("web", {})],
      "waiting",
      "Widget web: {.status.phase} to be x",
      "there is no such field yet",
    ],
    ["a status in small letters", byName({ ...ready, status: "true" }), [good], "ready", null, null],
  ])("%s", (_name, wanted, objects, state, awaiting, reason) => {
    expect(conditionReadiness(wanted, "shop", viewOf(objects)).readiness).toEqual({ state, awaiting, reason });
  });

  test("what may not be read, or is no path, fails at once", () => {
    expect(conditionReadiness(byName(ready), "shop", viewOf([], "Widget")).readiness.state).toBe("failed");
    const broken = byName({ type: "jsonpath", path: "{.a[}", value: null });
    expect(conditionReadiness(broken, "shop", viewOf([good])).readiness).toMatchObject({
      state: "failed",
      reason: expect.stringContaining("{.a[} is no JSONPath"),
    });
  });
});
