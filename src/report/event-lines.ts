import type { RunEvent } from "../model/events.ts";
import type { Palette } from "./colors.ts";
import { counted } from "./counted.ts";
import { diagnosisLines } from "./diagnosis-text.ts";
import { formatElapsed } from "./elapsed.ts";
import { noticeLines } from "./notice-text.ts";
import { plainLine } from "./plain-text.ts";
import { probeLine } from "./verify-text.ts";
import { isInProgress, type RunView, type StepView, type TaskView } from "./run-view.ts";
import { stepDetail, stepWords } from "./step-words.ts";

/** What an event is worth in a log: `subject: text`, without the time. `view` is the one after the event. */
export function eventLines(event: RunEvent, view: RunView, palette: Palette): string[] {
  switch (event.type) {
    case "run-started":
      return [
        `run: ${plainLine(`${event.stack} to ${event.environment} (${event.context})`)}, ${counted(event.steps.length, "step")}, run ${plainLine(event.run)}`,
      ];
    case "release-applied":
      return view.steps.filter((step) => step.id === event.step).map((step) => appliedLine(step, event.revision));
    case "step-started":
    case "step-progress":
    case "step-finished":
      return view.steps
        .filter((step) => step.id === event.step && !isUnchangedNamespace(step))
        .map((step) => stepEventLine(step, palette));
    case "task-started":
    case "task-progress":
    case "task-finished":
      return view.tasks.filter((task) => task.id === event.task).map((task) => taskEventLine(task, palette));
    case "diagnosis":
      return diagnosisEventLines(event, view, palette);
    case "cluster-event": {
      const text = plainLine(
        `${event.step}: ${event.object.kind} ${event.object.name}: ${event.reason}: ${event.message}`,
      );
      return [event.level === "warning" ? palette.yellow(text) : palette.dim(text)];
    }
    case "probe-finished":
      return [probeLine(event, palette)];
    case "notice":
      return noticeLines(event, palette);
    case "run-finished":
      return [`run: ${outcomeText(event.result.outcome, palette)} in ${formatElapsed(event.result.durationMs)}`];
  }
}

/** What a step hangs on; that it no longer does is worth a line as well. */
function diagnosisEventLines(
  { step, diagnosis }: Extract<RunEvent, { type: "diagnosis" }>,
  view: RunView,
  palette: Palette,
): string[] {
  if (diagnosis.length > 0) {
    const lines = diagnosisLines(diagnosis, palette, 4);
    return [`${plainLine(step)}: ${counted(diagnosis.length, "finding")}`, ...lines];
  }
  const goesOn = view.steps.some((each) => each.id === step && isInProgress(each));
  return goesOn ? [`${plainLine(step)}: nothing is wrong any more`] : [];
}

/** One line for everything that goes on: what a log shows when nothing has changed for a while. */
export function stillRunningLines(view: RunView, now: number): string[] {
  const steps = view.steps
    .filter((step) => step.state === "running" || step.state === "applied")
    .map(
      (step) =>
        `${plainLine(step.id)}: still ${stepDetail(step)}, ${formatElapsed(now - (step.startedAt ?? now))} so far`,
    );
  const tasks = view.tasks
    .filter((task) => task.state === "running")
    .map((task) => `${plainLine(task.id)}: still at it, ${formatElapsed(now - task.startedAt)} so far`);
  return [...tasks, ...steps];
}

/** A namespace that is as it should be is no news. */
function isUnchangedNamespace({ step }: StepView): boolean {
  return step?.kind === "namespace" && step.action === "unchanged";
}

function appliedLine(step: StepView, revision: number): string {
  const done = step.step === null ? "applied" : stepWords(step.step).done;
  return `${plainLine(step.id)}: ${done} as revision ${revision}, waiting until ready`;
}

function stepEventLine(step: StepView, palette: Palette): string {
  const detail = stepDetail(step);
  const took = ` in ${formatElapsed(step.durationMs ?? 0)}`;
  const id = plainLine(step.id);
  switch (step.state) {
    case "done":
      return `${id}: ${palette.green(detail)}${took}`;
    case "failed":
      return `${id}: ${palette.red(detail.replace(/^failed/, `failed after ${formatElapsed(step.durationMs ?? 0)}`))}`;
    case "skipped":
      return `${id}: ${palette.yellow(detail)}`;
    default:
      return `${id}: ${detail}`;
  }
}

function taskEventLine(task: TaskView, palette: Palette): string {
  const id = plainLine(task.id);
  const detail = plainLine(task.detail);
  const text = detail === "" ? plainLine(task.title) : detail;
  if (task.state === "running") return `${id}: ${text}`;
  const took = formatElapsed(task.durationMs ?? 0);
  const outcome = task.state === "done" ? palette.green(`done in ${took}`) : palette.red(`failed after ${took}`);
  return `${id}: ${[outcome, detail].filter((part) => part !== "").join(", ")}`;
}

function outcomeText(outcome: string, palette: Palette): string {
  return outcome === "succeeded" ? palette.green(outcome) : palette.red(outcome);
}
