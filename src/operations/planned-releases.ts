import type { Plan } from "../model/plan.ts";
import type { PlannedRelease } from "./observe-binding.ts";

/** The releases that a plan has steps for. */
export function plannedReleases({ steps }: Plan): readonly PlannedRelease[] {
  return steps.flatMap((step) =>
    step.kind === "release"
      ? [{ release: step.release, namespace: step.namespace, isToGo: step.action === "uninstall" }]
      : [],
  );
}
