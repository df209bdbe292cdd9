import { describe, expect, test } from "vitest";
import type { Plan, Step } from "../../src/model/plan.ts";
import type { Namespace, Stack } from "../../src/model/stack.ts";
import { buildPlan, type ClassifiedRelease, type InjectionWebhook, type PlanEvidence } from "../../src/plan/build.ts";
import { changesNothing } from "../../src/plan/summary.ts";
import { sampleStack } from "../support/sample-stack.ts";
import { classified } from "./samples.ts";

const namespace = (name: string, labels = {}, annotations = {}): Namespace => ({ name, labels, annotations });
const WEBHOOK: InjectionWebhook = { name: "istio-sidecar-injector", release: "istiod", namespace: "istio-system" };

/** The Istio releases and an app, all new, but for what a test says. */
const BASE = classified("istio-base", { namespace: "istio-system", role: "istio-base" });
const ISTIOD = classified("istiod", { namespace: "istio-system", role: "istiod", needs: ["istio-base"] });
const INGRESS = classified("ingress", { namespace: "edge", needs: ["istiod"], injected: true });
const APP = classified("app", { namespace: "apps", needs: ["ingress"] });
const unchanged = (release: ClassifiedRelease): ClassifiedRelease => ({
  ...release,
  action: "unchanged",
  reason: "as left",
  revision: 1,
});

function plan(
  releases: readonly ClassifiedRelease[],
  { namespaces = [], ...change }: Partial<PlanEvidence & { readonly namespaces: PlanEvidence["namespaces"] }> = {},
  wanted: readonly Namespace[] = ["apps", "edge", "istio-system"].map((name) => namespace(name)),
): Plan {
  const stack: Stack = {
    ...sampleStack(
      "/f.yaml",
      releases.map(({ pinned }) => pinned.release),
    ),
    namespaces: wanted,
  };
  const rest = { context: "minikube", kubernetesVersion: "v1.36.3", helmVersion: "4.3.1", injection: null };
  return buildPlan({ stack, releases, namespaces, ...rest, ...change });
}
const step = (built: Plan, id: string): Step | undefined => built.steps.find((each) => each.id === id);
const ids = (built: Plan): readonly string[] => built.steps.map(({ id }) => id);

describe("the plan", () => {
  test("carries what it was made for", () => {
    expect(plan([APP])).toMatchObject({
      version: 1,
      stack: "demo",
      environment: "test",
      context: "minikube",
      kubernetesVersion: "v1.36.3",
      helmVersion: "4.3.1",
      notes: [],
    });
  });

  test("says of each release what, why, from which chart and above which revision", () => {
    const built = plan([classified("app", {}, { action: "upgrade", reason: "its values have changed", revision: 7 })]);
    expect(step(built, "release/app")).toMatchObject({
      kind: "release",
      release: "app",
      namespace: "apps",
      action: "upgrade",
      reason: "its values have changed",
      chart: { name: "app-chart", version: "1.2.3", digest: "sha256:app" },
      revision: 7,
    });
  });

  test("puts every step behind what it needs, whatever the order of the file", () => {
    const built = plan([APP, INGRESS, ISTIOD, BASE], { injection: WEBHOOK });
    const order = ids(built);
    for (const each of built.steps) {
      for (const need of each.needs) expect(order.indexOf(need)).toBeLessThan(order.indexOf(each.id));
    }
    expect(order).toHaveLength(8);
  });

  test("has the edges of the stack and no others", () => {
    const built = plan([BASE, ISTIOD, INGRESS, APP], { injection: WEBHOOK });
    expect(Object.fromEntries(built.steps.map(({ id, needs }) => [id, needs]))).toEqual({
      "namespace/apps": [],
      "namespace/edge": [],
      "namespace/istio-system": [],
      "release/istio-base": ["namespace/istio-system"],
      "release/istiod": ["namespace/istio-system", "release/istio-base"],
      "gate/injection": ["release/istiod"],
      "release/ingress": ["namespace/edge", "release/istiod", "gate/injection"],
      "release/app": ["namespace/apps", "release/ingress"],
    });
  });

  test("counts releases by what happens to them, steps of other kinds not", () => {
    const [recover, upgrade] = [{ action: "recover" } as const, { action: "upgrade" } as const];
    const built = plan([unchanged(BASE), { ...ISTIOD, ...recover }, { ...INGRESS, ...upgrade }, APP], {
      injection: WEBHOOK,
    });
    expect(built.summary).toEqual({ install: 1, upgrade: 2, unchanged: 1, uninstall: 0, drifted: 0 });
  });

  test("changes nothing only when no step of any kind does", () => {
    const there = ["apps", "edge", "istio-system"].map((name) => namespace(name));
    expect(changesNothing(plan([unchanged(APP)], { namespaces: there }).steps)).toBe(true);
    expect(changesNothing(plan([unchanged(APP)]).steps)).toBe(false);
    expect(changesNothing(plan([APP], { namespaces: there }).steps)).toBe(false);
  });
});

describe("a namespace", () => {
  const wanted = [namespace("apps", { team: "a" }, { note: "x" })];

  test.for<readonly [string, PlanEvidence["namespaces"], string]>([
    ["that is missing is made", [], "install"],
    ["that is as wanted stays", [namespace("apps", { team: "a" }, { note: "x" })], "unchanged"],
    [
      "may carry more than is wanted",
      [namespace("apps", { team: "a", more: "b" }, { note: "x", other: "y" })],
      "unchanged",
    ],
    ["without a wanted label is changed", [namespace("apps", {}, { note: "x" })], "upgrade"],
    ["with another label is changed", [namespace("apps", { team: "b" }, { note: "x" })], "upgrade"],
    ["with another annotation is changed", [namespace("apps", { team: "a" }, { note: "y" })], "upgrade"],
    ["is not confused with another one", [namespace("apps2", { team: "a" }, { note: "x" })], "install"],
  ])("%s", ([, namespaces, action]) => {
    expect(step(plan([APP], { namespaces }, wanted), "namespace/apps")).toMatchObject({
      kind: "namespace",
      namespace: "apps",
      action,
      labels: { team: "a" },
      annotations: { note: "x" },
    });
  });
});

describe("the injection gate", () => {
  const all = [BASE, ISTIOD, INGRESS, APP];

  test("names webhook, release and namespace", () => {
    expect(step(plan(all, { injection: WEBHOOK }), "gate/injection")).toMatchObject({
      kind: "gate",
      gate: "injection",
      webhook: "istio-sidecar-injector",
      release: "istiod",
      namespace: "istio-system",
    });
  });

  test.for<readonly [string, readonly ClassifiedRelease[], InjectionWebhook | null, boolean]>([
    ["stands before an injected release that changes", all, WEBHOOK, true],
    ["stands though istiod itself is unchanged", [unchanged(BASE), unchanged(ISTIOD), INGRESS], WEBHOOK, true],
    ["is not needed when nothing injected changes", [BASE, ISTIOD, unchanged(INGRESS), APP], WEBHOOK, false],
    ["is not needed when nothing is injected", [BASE, ISTIOD], WEBHOOK, false],
    ["is not there without a webhook", all, { name: null, why: "istiod renders none" }, false],
    ["is not there without istiod", [APP], null, false],
  ])("%s", ([, releases, injection, stands]) => {
    const built = plan(releases, { injection });
    expect(ids(built).includes("gate/injection")).toBe(stands);
    expect(built.steps.some(({ needs }) => needs.includes("gate/injection"))).toBe(stands);
  });

  test("that is not there although something is injected is explained", () => {
    const injection = { name: null, why: "istiod renders none" } as const;
    expect(plan(all, { injection }).notes).toEqual(["No injection gate: istiod renders none"]);
    expect(plan([BASE, ISTIOD], { injection }).notes).toEqual([]);
    expect(plan(all, { injection: WEBHOOK }).notes).toEqual([]);
  });
});
