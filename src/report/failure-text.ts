import type { Diagnosis } from "../model/diagnosis.ts";
import type { ReleaseResult, RunResult } from "../model/result.ts";
import type { Palette } from "./colors.ts";
import { diagnosisLines } from "./diagnosis-text.ts";
import { formatElapsed } from "./elapsed.ts";
import { plainLine, plainLines } from "./plain-text.ts";
import { releaseOfStep, stepsOfResult, type RunView, type StepView } from "./run-view.ts";
import { skipCauses } from "./skip-causes.ts";
import { stepViewLabel, stepWords } from "./step-words.ts";
import { tableLines } from "./tables.ts";

/** Sections with what failed and why, and what was skipped because of whom; no lines when all went well. */
export function failureLines(result: RunResult, view: RunView, palette: Palette): string[] {
  return [...failedSection(result, view, palette), ...skippedSection(result, view, palette)];
}

function failedSection(result: RunResult, view: RunView, palette: Palette): string[] {
  const failedSteps = [...view.undone, ...view.steps].filter((step) => step.state === "failed");
  const told = new Set(failedSteps.map(releaseOfStep));
  const untold = result.releases.filter((release) => release.outcome === "failed" && !told.has(release.name));
  const lines = [
    ...failedSteps.flatMap((step) => failedStepLines(step, failedSteps, result, palette)),
    ...untold.flatMap((release) => [
      failedHead(release.name, "", palette),
      ...diagnosisLines(release.diagnosis, palette, 4),
    ]),
  ];
  return lines.length === 0 ? [] : ["", palette.bold("Failed"), ...lines];
}

function failedStepLines(step: StepView, all: readonly StepView[], result: RunResult, palette: Palette): string[] {
  const diagnosis = diagnosisOf(step, all, result);
  const doing = step.step === null ? "" : ` ${stepWords(step.step).doing}`;
  const after = step.durationMs === null ? "" : `:${doing} failed after ${formatElapsed(step.durationMs)}`;
  const message = plainLines(openingOf(step.message ?? "", diagnosis)).map((line) => `    ${line}`);
  return [failedHead(stepViewLabel(step), after, palette), ...message, ...diagnosisLines(diagnosis, palette, 4)];
}

/**
 * A release's diagnosis may have been deepened after its step ended: the result's counts more than the event's. Where its
 * undo failed as well, the result's is that of both.
 */
function diagnosisOf(step: StepView, all: readonly StepView[], result: RunResult): readonly Diagnosis[] {
  const name = releaseOfStep(step);
  const release = result.releases.find((candidate) => candidate.name === name);
  const isOnlyOne = all.every((other) => other === step || releaseOfStep(other) !== name);
  return isOnlyOne && release !== undefined && release.diagnosis.length > 0 ? release.diagnosis : step.diagnosis;
}

/** A step's message without the first finding, which stands below in full. */
function openingOf(message: string, diagnosis: readonly Diagnosis[]): string {
  const first = diagnosis[0];
  return first === undefined ? message : message.replace(`: ${first.message}`, ".");
}

function failedHead(name: string, text: string, palette: Palette): string {
  return `  ${palette.red("✖")} ${palette.bold(plainLine(name))}${text}`;
}

function skippedSection(result: RunResult, view: RunView, palette: Palette): string[] {
  const rows = result.releases
    .filter((release) => release.outcome === "skipped")
    .map((release) => [`${palette.yellow("↷")} ${plainLine(release.name)}`, skipReason(release, result, view)]);
  return rows.length === 0 ? [] : ["", palette.bold("Skipped"), ...tableLines(rows)];
}

function skipReason(release: ReleaseResult, result: RunResult, view: RunView): string {
  const causes = skipCauses(view, release.name);
  if (causes.length > 0) return `because ${causes.join(", ")} failed`;
  const step = stepsOfResult(view).find((candidate) => releaseOfStep(candidate) === release.name);
  if (step?.message !== undefined && step.message !== null) return plainLine(step.message);
  return result.outcome === "interrupted" ? "because the run was interrupted" : "";
}
