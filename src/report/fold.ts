import { isInProgress, type StepView } from "./run-view.ts";

/** The steps that a short terminal has room for, and how many of the others there are. */
export interface FoldedSteps {
  /** In the plan's order. */
  readonly shown: readonly StepView[];
  /** Hidden ones that are over without a failure. */
  readonly foldedOver: number;
  /** Hidden ones that have not begun. */
  readonly foldedPending: number;
  /** Hidden ones in progress or failed: only when even those are more than the lines. */
  readonly foldedOther: number;
}

type Part = "urgent" | "pending" | "over";

function partOf(step: StepView): Part {
  if (isInProgress(step) || step.state === "failed") return "urgent";
  return step.state === "pending" ? "pending" : "over";
}

/**
 * Picks what to show on `lines` lines, one of them for the sums of what is hidden: what goes on, then what failed, a
 * few that were finished last, what is next, and what was finished before.
 */
export function foldSteps(steps: readonly StepView[], lines: number): FoldedSteps {
  if (steps.length <= lines) return { shown: steps, foldedOver: 0, foldedPending: 0, foldedOther: 0 };
  const over = steps
    .filter((step) => partOf(step) === "over")
    .sort((a, b) => (b.finishedAt ?? 0) - (a.finishedAt ?? 0));
  const recent = Math.floor(lines / 4);
  const byWeight = [
    ...steps.filter(isInProgress),
    ...steps.filter((step) => step.state === "failed"),
    ...over.slice(0, recent),
    ...steps.filter((step) => step.state === "pending"),
    ...over.slice(recent),
  ];
  const picked = new Set(byWeight.slice(0, Math.max(0, lines - 1)));
  const hidden = steps.filter((step) => !picked.has(step)).map(partOf);
  return {
    shown: steps.filter((step) => picked.has(step)),
    foldedOver: hidden.filter((part) => part === "over").length,
    foldedPending: hidden.filter((part) => part === "pending").length,
    foldedOther: hidden.filter((part) => part === "urgent").length,
  };
}
