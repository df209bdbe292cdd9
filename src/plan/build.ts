import type { PinnedRelease } from "../model/lock.ts";
import type { GateStep, NamespaceStep, Plan, ReleaseStep, Step } from "../model/plan.ts";
import type { Namespace, Stack } from "../model/stack.ts";
import { inOrder } from "./order.ts";
import { summarise } from "./summary.ts";

/** A release with what is to be done with it. */
export interface ClassifiedRelease {
  readonly pinned: PinnedRelease;
  readonly action: "install" | "upgrade" | "unchanged" | "recover";
  readonly reason: string;
  /** The revision that is there; null when there is none. */
  readonly revision: number | null;
}

/** A namespace as the cluster has it. */
export interface ObservedNamespace {
  readonly name: string;
  readonly labels: { readonly [key: string]: string };
  readonly annotations: { readonly [key: string]: string };
}

/** The webhook that injects proxies, as istiod's manifest renders it, or why there is none. */
export type InjectionWebhook =
  | { readonly name: string; readonly release: string; readonly namespace: string }
  | { readonly name: null; readonly why: string };

/** Everything a plan is made of. */
export interface PlanEvidence {
  readonly stack: Stack;
  readonly context: string;
  readonly kubernetesVersion: string;
  readonly helmVersion: string | null;
  readonly releases: readonly ClassifiedRelease[];
  /** The stack's namespaces that exist. */
  readonly namespaces: readonly ObservedNamespace[];
  /** Null when the stack has no istiod. */
  readonly injection: InjectionWebhook | null;
}

/** Makes the plan of an `up`: the second of the planner's two strokes. Pure. */
export function buildPlan(evidence: PlanEvidence): Plan {
  const gate = injectionGate(evidence);
  const namespaces = evidence.stack.namespaces.map((wanted) => namespaceStep(wanted, evidence.namespaces));
  const releases = evidence.releases.map((release) => releaseStep(release, gate));
  const steps = inOrder<Step>([...namespaces, ...releases, ...(gate ? [gate] : [])]);
  return {
    version: 1,
    stack: evidence.stack.name,
    environment: evidence.stack.environment.name,
    context: evidence.context,
    kubernetesVersion: evidence.kubernetesVersion,
    helmVersion: evidence.helmVersion,
    steps,
    summary: summarise(steps),
    notes: notesOf(evidence),
  };
}

function namespaceStep(wanted: Namespace, observed: readonly ObservedNamespace[]): NamespaceStep {
  const found = observed.find((namespace) => namespace.name === wanted.name);
  const differs = found && (lacks(found.labels, wanted.labels) || lacks(found.annotations, wanted.annotations));
  return {
    kind: "namespace",
    id: `namespace/${wanted.name}`,
    needs: [],
    action: !found ? "install" : differs ? "upgrade" : "unchanged",
    reason: !found ? "it does not exist" : differs ? "its labels or annotations differ" : "it is there",
    namespace: wanted.name,
    labels: wanted.labels,
    annotations: wanted.annotations,
  };
}

function lacks(have: Namespace["labels"], wanted: Namespace["labels"]): boolean {
  return Object.entries(wanted).some(([key, value]) => have[key] !== value);
}

function releaseStep(classified: ClassifiedRelease, gate: GateStep | null): ReleaseStep {
  const { release, chart } = classified.pinned;
  return {
    kind: "release",
    id: `release/${release.name}`,
    needs: [
      `namespace/${release.namespace}`,
      ...release.needs.map((need) => `release/${need}`),
      ...(gate && release.injected ? [gate.id] : []),
    ],
    action: classified.action,
    reason: classified.reason,
    release: release.name,
    namespace: release.namespace,
    chart: { name: chart.name, version: chart.version, digest: chart.digest },
    revision: classified.revision,
  };
}

/** The gate stands only where something passes through it: an injected release, and a webhook to wait for. */
function injectionGate({ injection, releases }: PlanEvidence): GateStep | null {
  if (injection === null || injection.name === null) return null;
  const changed = releases.some(({ pinned, action }) => pinned.release.injected && action !== "unchanged");
  if (!changed) return null;
  return {
    kind: "gate",
    id: "gate/injection",
    needs: [`release/${injection.release}`],
    action: "install",
    reason: `pods that come before ${injection.name} answers stay without their proxy`,
    gate: "injection",
    release: injection.release,
    namespace: injection.namespace,
    webhook: injection.name,
  };
}

function notesOf({ injection, releases }: PlanEvidence): readonly string[] {
  const injected = releases.some(({ pinned }) => pinned.release.injected);
  return injected && injection !== null && injection.name === null ? [`No injection gate: ${injection.why}`] : [];
}
