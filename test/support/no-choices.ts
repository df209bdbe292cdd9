import type { PlanChoices } from "../../src/model/saved-plan.ts";

/** What a plan is asked for by nobody: all releases, and nothing beside them. */
export const NO_CHOICES: PlanChoices = {
  only: [],
  withNeeds: false,
  prune: false,
  adopt: false,
  takeOver: false,
  forceConflicts: [],
  set: [],
};
