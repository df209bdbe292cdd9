import { FlotillaError } from "../model/errors.ts";
import type { Plan, Step } from "../model/plan.ts";
import { summarise } from "./summary.ts";

/** Which releases a run is limited to. */
export interface Selection {
  /** Release names; empty for all. */
  readonly only: readonly string[];
  /** Whether what they need comes along. */
  readonly withNeeds: boolean;
}

/**
 * Limits a plan to some releases: their namespaces and gates stay, needs that are there unchanged are only waited for. An
 * add-on that others have installed has no step, and needs none.
 * @throws FlotillaError `need-unmet` when something needed would be left out
 */
export function selectSteps(plan: Plan, { only, withNeeds }: Selection): Plan {
  if (only.length === 0) return plan;
  const byId = new Map(plan.steps.map((step) => [step.id, step]));
  const kept = new Set<string>();
  const keep = (step: Step): void => {
    if (kept.has(step.id)) return;
    kept.add(step.id);
    for (const need of step.needs.flatMap((id) => byId.get(id) ?? [])) {
      refuseUnmet(step, need, only, withNeeds);
      keep(need);
    }
  };
  for (const step of only.flatMap((name) => byId.get(`release/${name}`) ?? [])) keep(step);
  const steps = plan.steps.filter((step) => kept.has(step.id));
  return { ...plan, steps, summary: summarise(steps) };
}

/** Says of each release, by its name, whether a selection takes it along. */
export function isSelected(
  releases: readonly { readonly name: string; readonly needs: readonly string[] }[],
  { only, withNeeds }: Selection,
): (name: string) => boolean {
  if (only.length === 0) return () => true;
  const kept = new Set<string>();
  const keep = (name: string): void => {
    if (kept.has(name)) return;
    kept.add(name);
    if (withNeeds) releases.find((release) => release.name === name)?.needs.forEach(keep);
  };
  only.forEach(keep);
  return (name) => kept.has(name);
}

function refuseUnmet(step: Step, need: Step, only: readonly string[], withNeeds: boolean): void {
  const met = need.kind !== "release" || need.action === "unchanged" || only.includes(need.release) || withNeeds;
  if (met) return;
  throw new FlotillaError(
    "need-unmet",
    `${nameOf(step)} needs ${need.release}, which is to ${need.action} and is left out.`,
    {
      hint: `Add --with-needs, or --only ${need.release} as well.`,
    },
  );
}

/** As the stack file would name it. */
function nameOf(step: Step): string {
  return step.kind === "release" ? step.release : step.id;
}
