import type { PlanSummary, Step } from "../model/plan.ts";

/** Counts what a plan does to releases. A release that is recovered counts as upgraded: that is how it ends. */
export function summarise(steps: readonly Step[]): PlanSummary {
  const count = (...actions: readonly Step["action"][]): number =>
    steps.filter((step) => step.kind === "release" && actions.includes(step.action)).length;
  return {
    install: count("install"),
    upgrade: count("upgrade", "recover", "repair", "adopt", "rollback"),
    unchanged: count("unchanged"),
    uninstall: count("uninstall"),
    drifted: steps.filter((step) => step.kind === "release" && step.drift.length > 0).length,
  };
}

/** True when a plan has nothing to do to the cluster but to see that everything is ready. */
export function changesNothing(steps: readonly Step[]): boolean {
  return steps.every((step) => step.action === "unchanged");
}
