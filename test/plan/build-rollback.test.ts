import { expect, test } from "vitest";
import { buildRollbackPlan, type RollbackEvidence, type UndoneRelease } from "../../src/plan/build-rollback.ts";
import type { IstiodWebhook } from "../../src/plan/gates.ts";

const WEBHOOK: IstiodWebhook = { name: "istio-sidecar-injector", revision: "default" };

function release(name: string, needs: readonly string[], more: Partial<UndoneRelease> = {}): UndoneRelease {
  const chart = { name, version: "1.0.0", digest: "" };
  const before = { revision: 1, chart };
  return { name, namespace: "apps", needs, injected: false, istiod: false, revision: 2, before, ...more };
}

function order(releases: readonly UndoneRelease[], webhook: IstiodWebhook | null = WEBHOOK): string[] {
  const evidence: RollbackEvidence = {
    stack: "shop",
    environment: "dev",
    context: "kind",
    kubernetesVersion: "v1.36.3",
    helmVersion: "v4.3.1",
    run: "run-1",
    releases,
    webhook,
    notes: [],
  };
  return buildRollbackPlan(evidence).steps.map(({ id, action, needs }) => `${action} ${id} < ${needs.join(" ")}`);
}

test("a chain goes back from its end", () => {
  expect(order([release("db", []), release("app", ["db"])], null)).toEqual([
    "rollback release/app < ",
    "rollback release/db < release/app",
  ]);
});

test("what the run made is uninstalled, before what it stood on goes back", () => {
  expect(order([release("db", []), release("app", ["db"], { before: null })], null)).toEqual([
    "uninstall release/app < ",
    "rollback release/db < release/app",
  ]);
});

test("injected releases go back behind the gate of their istiod, and istiod's own ground last", () => {
  const gateway = { injected: true };
  const releases = [
    release("istio-base", []),
    release("istiod", ["istio-base"], { istiod: true }),
    release("ingress", ["istiod"], gateway),
    release("new-gateway", ["istiod"], { ...gateway, before: null }),
    release("app", ["ingress"], gateway),
    release("plain", ["istiod"]),
  ];
  expect(order(releases)).toEqual([
    "uninstall release/new-gateway < ",
    "rollback release/plain < ",
    "rollback release/istiod < release/new-gateway release/plain",
    "rollback gate/injection < release/istiod",
    "rollback release/app < gate/injection",
    "rollback release/ingress < gate/injection release/app",
    "rollback release/istio-base < release/istiod release/ingress release/app",
  ]);
});

test("without a webhook they wait for istiod itself; without istiod in the run they just go back", () => {
  const istiod = release("istiod", [], { istiod: true });
  const gateway = release("ingress", ["istiod"], { injected: true });
  expect(order([istiod, gateway], null)).toEqual([
    "rollback release/istiod < ",
    "rollback release/ingress < release/istiod",
  ]);
  expect(order([gateway, release("app", ["ingress"])], null)).toEqual([
    "rollback release/app < ",
    "rollback release/ingress < release/app",
  ]);
});

test("releases behind the gate get their pods anew, others do not", () => {
  const releases = [release("istiod", [], { istiod: true }), release("ingress", ["istiod"], { injected: true })];
  const plan = buildRollbackPlan({
    stack: "shop",
    environment: "dev",
    context: "kind",
    kubernetesVersion: "v1.36.3",
    helmVersion: null,
    run: "run-1",
    releases,
    webhook: WEBHOOK,
    notes: [],
  });
  const restarts = plan.steps.flatMap((step) =>
    step.kind === "release" ? [[step.release, step.rollback?.restart]] : [],
  );
  expect(restarts).toEqual([
    ["istiod", false],
    ["ingress", true],
  ]);
});

test("an injected release that something plain of the mesh stands on makes no circle", () => {
  const releases = [
    release("istiod", [], { istiod: true }),
    release("plain", ["istiod"]),
    release("app", ["plain", "istiod"], { injected: true }),
  ];
  expect(order(releases)).toEqual([
    "rollback release/plain < ",
    "rollback release/istiod < release/plain",
    "rollback gate/injection < release/istiod",
    "rollback release/app < gate/injection",
  ]);
});
