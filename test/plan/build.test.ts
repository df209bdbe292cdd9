import { describe, expect, test } from "vitest";
import type { Plan, Step } from "../../src/model/plan.ts";
import type { Namespace, Stack } from "../../src/model/stack.ts";
import { buildPlan, type ClassifiedRelease, type ObservedNamespace, type PlanEvidence } from "../../src/plan/build.ts";
import type { IstiodWebhooks } from "../../src/plan/gates.ts";
import { changesNothing } from "../../src/plan/summary.ts";
import { sampleStack } from "../support/sample-stack.ts";
import { classified } from "./samples.ts";

/** Wanted and observed alike. */
const namespace = (name: string, labels = {}, annotations = {}): Namespace & ObservedNamespace => ({
  name,
  labels,
  annotations,
  pullSecretsFrom: [],
  stalePullSecrets: [],
});
const WEBHOOK: IstiodWebhooks = {
  release: "istiod",
  namespace: "istio-system",
  injection: { name: "istio-sidecar-injector", revision: "default" },
  validation: { name: "istio-validator-istio-system", revision: "default" },
};
const NO_WEBHOOKS: IstiodWebhooks = { ...WEBHOOK, injection: null, validation: null };

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
  const rest = {
    context: "minikube",
    kubernetesVersion: "v1.36.3",
    helmVersion: "4.3.1",
    webhooks: null,
    addonWebhooks: [],
    present: [],
    removed: [],
    prune: false,
  };
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
    const built = plan([APP, INGRESS, ISTIOD, BASE], { webhooks: WEBHOOK });
    const order = ids(built);
    for (const each of built.steps) {
      for (const need of each.needs) expect(order.indexOf(need)).toBeLessThan(order.indexOf(each.id));
    }
    expect(order).toHaveLength(9);
  });

  test("has the edges of the stack and no others", () => {
    const built = plan([BASE, ISTIOD, INGRESS, APP], { webhooks: WEBHOOK });
    expect(Object.fromEntries(built.steps.map(({ id, needs }) => [id, needs]))).toEqual({
      "namespace/apps": [],
      "namespace/edge": [],
      "namespace/istio-system": [],
      "release/istio-base": ["namespace/istio-system"],
      "release/istiod": ["namespace/istio-system", "release/istio-base"],
      "gate/injection/ingress": ["release/istiod", "namespace/edge"],
      "gate/validation": ["release/istiod"],
      "release/ingress": ["namespace/edge", "release/istiod", "gate/injection/ingress", "gate/validation"],
      "release/app": ["namespace/apps", "release/ingress"],
    });
  });

  test("counts releases by what happens to them, steps of other kinds not", () => {
    const [recover, upgrade] = [{ action: "recover" } as const, { action: "upgrade" } as const];
    const built = plan([unchanged(BASE), { ...ISTIOD, ...recover }, { ...INGRESS, ...upgrade }, APP], {
      webhooks: WEBHOOK,
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

describe("a namespace that takes Secrets from others", () => {
  const from = { namespace: "vault", name: "login" };
  const wanted = [{ ...namespace("apps"), pullSecretsFrom: [from] }];

  test.for<readonly [string, ObservedNamespace["stalePullSecrets"], string, string]>([
    ["that is as wanted stays", [], "unchanged", "it is there"],
    ["missing", [{ from, why: "missing" }], "upgrade", "the Secret vault/login is to be copied into it"],
    ["different", [{ from, why: "different" }], "upgrade", "the Secret vault/login differs from its copy in it"],
    [
      "that do not exist",
      [{ from, why: "source-missing" }],
      "upgrade",
      "the Secret vault/login is to be copied into it, but does not exist",
    ],
  ])("%s", ([, stalePullSecrets, action, reason]) => {
    const built = plan([APP], { namespaces: [{ ...namespace("apps"), stalePullSecrets }] }, wanted);
    expect(step(built, "namespace/apps")).toMatchObject({ action, reason, pullSecretsFrom: [from] });
  });
});

describe("gates", () => {
  const all = [BASE, ISTIOD, INGRESS, APP];
  const INJECTION = "gate/injection/ingress";

  test("name webhook, istiod and who passes", () => {
    expect(step(plan(all, { webhooks: WEBHOOK }), INJECTION)).toMatchObject({
      kind: "gate",
      gate: "injection",
      webhook: "istio-sidecar-injector",
      release: "istiod",
      namespace: "istio-system",
      passes: "ingress",
    });
    expect(step(plan(all, { webhooks: WEBHOOK }), "gate/validation")).toMatchObject({
      gate: "validation",
      webhook: "istio-validator-istio-system",
      istioRevision: "default",
      passes: null,
    });
  });

  test.for<readonly [string, readonly ClassifiedRelease[], IstiodWebhooks | null, readonly string[]]>([
    ["stand before what changes", all, WEBHOOK, [INJECTION, "gate/validation"]],
    [
      "stand though istiod itself is unchanged",
      [unchanged(BASE), unchanged(ISTIOD), INGRESS],
      WEBHOOK,
      [INJECTION, "gate/validation"],
    ],
    ["are not needed when nothing behind them changes", [BASE, ISTIOD, unchanged(INGRESS), APP], WEBHOOK, []],
    ["are not needed when nothing is behind them", [BASE, ISTIOD], WEBHOOK, []],
    ["are not there without webhooks", all, NO_WEBHOOKS, []],
    ["of validation alone", all, { ...WEBHOOK, injection: null }, ["gate/validation"]],
    ["of injection alone", all, { ...WEBHOOK, validation: null }, [INJECTION]],
    ["are not there without istiod", [APP], null, []],
  ])("%s", ([, releases, webhooks, gates]) => {
    const built = plan(releases, { webhooks });
    const standing = ids(built).filter((id) => id.startsWith("gate/"));
    expect(standing.toSorted()).toEqual(gates);
    expect(built.steps.flatMap(({ needs }) => needs.filter((id) => id.startsWith("gate/"))).toSorted()).toEqual(gates);
  });

  test("each injected release has its own: another one's trouble does not hold it up", () => {
    const second = classified("egress", { namespace: "edge", needs: ["istiod"], injected: true });
    const built = plan([...all, second], { webhooks: WEBHOOK });
    expect(step(built, "release/egress")?.needs).toContain("gate/injection/egress");
    expect(step(built, "release/egress")?.needs).not.toContain(INJECTION);
  });

  test("of injection that is not there although something is injected is explained", () => {
    const notes = plan(all, { webhooks: NO_WEBHOOKS }).notes;
    expect(notes).toEqual([expect.stringContaining("No injection gate: istiod's manifest has no injection webhook")]);
    expect(plan([BASE, ISTIOD], { webhooks: NO_WEBHOOKS }).notes).toEqual([]);
    expect(plan(all, { webhooks: WEBHOOK }).notes).toEqual([]);
  });
});

describe("add-ons", () => {
  const METALLB = classified("metallb", { namespace: "edge", role: "metallb" });
  const POOL = classified("pool", { namespace: "edge", needs: ["metallb"] });
  const webhook = { release: "metallb", namespace: "edge", webhook: "metallb-webhook", api: "metallb.io" } as const;

  test("have a gate before what needs them and changes, and for nothing else", () => {
    const built = plan([METALLB, POOL, APP], { addonWebhooks: [webhook] });
    expect(step(built, "gate/validation/metallb")).toMatchObject({
      gate: "validation",
      api: "metallb.io",
      needs: ["release/metallb"],
      webhook: "metallb-webhook",
      istioRevision: null,
    });
    expect(step(built, "release/pool")?.needs).toContain("gate/validation/metallb");
    expect(step(built, "release/app")?.needs).not.toContain("gate/validation/metallb");
    const settled = plan([METALLB, unchanged(POOL)], { addonWebhooks: [webhook] });
    expect(ids(settled).filter((id) => id.startsWith("gate/"))).toEqual([]);
  });

  test("that others brought are told of", () => {
    expect(plan([APP], { present: ["MetalLB is there already"] }).notes).toEqual(["MetalLB is there already"]);
  });
});
