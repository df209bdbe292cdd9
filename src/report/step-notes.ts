import type { Palette } from "./colors.ts";
import { plainLine } from "./plain-text.ts";
import { isInProgress, type StepView } from "./run-view.ts";

/** How many findings of one step a live view names. */
const FINDINGS = 2;

/** What stands under a step that goes on: what is wrong with it, else what the cluster said last. */
export function stepNotes(step: StepView, palette: Palette): readonly string[] {
  if (!isInProgress(step)) return [];
  const findings = step.diagnosis.slice(0, FINDINGS).map(({ code, severity, message }) => {
    const paint = severity === "error" ? palette.red : palette.yellow;
    return `${paint(code)}  ${plainLine(message)}`;
  });
  if (findings.length > 0 || step.said === null) return findings;
  return [palette.dim(plainLine(step.said))];
}
