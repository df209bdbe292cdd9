import type { GateStep, Plan, PlannedChart, ReleaseStep } from "../model/plan.ts";
import { finishPlan, type PlanFrame } from "./finish-plan.ts";
import type { IstiodWebhook } from "./gates.ts";

/** A release that a run has touched, and where it was before. */
export interface UndoneRelease {
  readonly name: string;
  readonly namespace: string;
  /** Names of releases that it was put on top of. */
  readonly needs: readonly string[];
  /** True when its pods get a proxy by Istio's webhook. */
  readonly injected: boolean;
  /** True for the istiod whose webhook does that. */
  readonly istiod: boolean;
  /** The revision that is there now. */
  readonly revision: number;
  /** The revision to go back to, and its chart; null for a release that the run made: it goes. */
  readonly before: { readonly revision: number; readonly chart: PlannedChart } | null;
}

/** Everything an undo is made of. */
export interface RollbackEvidence extends PlanFrame {
  /** The run to undo. */
  readonly run: string;
  readonly releases: readonly UndoneRelease[];
  /** The injection webhook of the istiod that is gone back to; null when it has none, or none is touched. */
  readonly webhook: IstiodWebhook | null;
  /** What cannot be brought back. */
  readonly notes: readonly string[];
}

const GATE = "gate/injection";

/**
 * Makes the plan that undoes a run: its edges reversed, each release back where it was. Releases whose pods are injected by
 * an istiod that goes back as well come after it and its gate, and get their pods anew: made before, they would have a
 * proxy that is newer than their control plane, which Istio does not support (istio.io, "Supported Releases"). Pure.
 */
export function buildRollbackPlan(evidence: RollbackEvidence): Plan {
  const { releases, run } = evidence;
  const istiod = releases.find((release) => release.istiod && release.before !== null) ?? null;
  const order = new RollbackOrder(releases, istiod, evidence.webhook !== null);
  const gate = istiod && evidence.webhook !== null ? [gateStep(istiod, evidence.webhook)] : [];
  const steps = [...releases.map((release) => releaseStep(release, order, run)), ...gate];
  return finishPlan(evidence, steps, evidence.notes);
}

/** Who waits for whom on the way back. */
class RollbackOrder {
  readonly #releases: readonly UndoneRelease[];
  readonly #istiod: UndoneRelease | null;
  readonly #hasGate: boolean;

  constructor(releases: readonly UndoneRelease[], istiod: UndoneRelease | null, hasGate: boolean) {
    this.#releases = releases;
    this.#istiod = istiod;
    this.#hasGate = hasGate;
  }

  /** True for releases that go back behind the gate of their istiod. */
  isBehindGate({ injected, before }: UndoneRelease): boolean {
    return this.#istiod !== null && injected && before !== null;
  }

  needsOf(release: UndoneRelease): string[] {
    const dependents = this.#releases.filter(({ needs }) => needs.includes(release.name));
    if (this.isBehindGate(release)) {
      const gate = this.#hasGate ? GATE : idOf(this.#istiod?.name ?? "");
      return [gate, ...dependents.map(({ name }) => idOf(name))];
    }
    // What istiod itself stands on goes back last; whatever else is not behind the gate does not wait for what is.
    const last = this.#istiod !== null && this.#standsOn(this.#istiod, release.name);
    const waitedFor = last
      ? this.#releases.filter((other) => this.isBehindGate(other) || dependents.includes(other))
      : dependents.filter((other) => !this.isBehindGate(other));
    return waitedFor.map(({ name }) => idOf(name));
  }

  #standsOn({ needs }: UndoneRelease, name: string): boolean {
    return needs.some((need) => {
      if (need === name) return true;
      const below = this.#releases.find((release) => release.name === need);
      return below !== undefined && this.#standsOn(below, name);
    });
  }
}

function releaseStep(release: UndoneRelease, order: RollbackOrder, run: string): ReleaseStep {
  const { name, namespace, revision, before } = release;
  const common = {
    kind: "release",
    id: idOf(name),
    needs: order.needsOf(release),
    release: name,
    namespace,
    revision,
    changes: [],
    drift: [],
  } as const;
  if (before === null) return { ...common, action: "uninstall", reason: `run ${run} installed it`, chart: null };
  const restart = order.isBehindGate(release);
  const again = restart ? "; its pods are made anew for the proxy that belongs to it" : "";
  return {
    ...common,
    action: "rollback",
    reason: `run ${run} found it at revision ${before.revision}${again}`,
    chart: before.chart,
    rollback: { revision: before.revision, restart },
  };
}

function gateStep({ name, namespace }: UndoneRelease, webhook: IstiodWebhook): GateStep {
  return {
    kind: "gate",
    id: GATE,
    needs: [idOf(name)],
    action: "rollback",
    reason: `pods that come before ${webhook.name} answers stay without their proxy`,
    gate: "injection",
    release: name,
    namespace,
    webhook: webhook.name,
    api: "networking.istio.io",
    istioRevision: webhook.revision,
    passes: null,
  };
}

function idOf(release: string): string {
  return `release/${release}`;
}
