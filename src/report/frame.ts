import type { Palette } from "./colors.ts";
import { formatElapsed, formatRunning } from "./elapsed.ts";
import { foldSteps, type FoldedSteps } from "./fold.ts";
import { plainLine } from "./plain-text.ts";
import { isInProgress, type RunView, type StepView, type TaskView } from "./run-view.ts";
import { stepNotes } from "./step-notes.ts";
import { stepDetail, stepViewLabel } from "./step-words.ts";
import { cutToWidth, padToWidth, textWidth } from "./text-width.ts";

/** What a frame is drawn for. */
export interface FrameOptions {
  readonly palette: Palette;
  /** Size of the terminal. */
  readonly columns: number;
  readonly rows: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The spinner's sign at this moment; null for the last frame, in which nothing turns any more. */
  readonly spinner: string | null;
}

const TIME_WIDTH = 6;
const LABEL_LIMIT = 36;

/** The lines of the live view: never wider than the terminal, and at least one row short of its height. */
export function frameLines(view: RunView, options: FrameOptions): string[] {
  const height = Math.max(0, options.rows - 2);
  const running = view.tasks.filter((task) => task.state === "running");
  const taskRoom = view.steps.length === 0 ? height : Math.max(1, Math.floor(height / 3));
  const tasks = running.slice(-taskRoom).map((task) => taskLine(task, options));
  const steps = view.steps.length === 0 ? [] : stepLines(view, height - tasks.length, options);
  return [...tasks, ...steps].slice(0, height).map((line) => cutToWidth(line, Math.max(1, options.columns - 1)));
}

/** The line that stays when a task is over. */
export function finishedTaskLine(task: TaskView, palette: Palette): string {
  const icon = task.state === "failed" ? palette.red("✖") : palette.green("✔");
  const time = palette.dim(timeColumn(formatElapsed(task.durationMs ?? 0)));
  const detail = plainLine(task.detail);
  return `${icon} ${time}  ${plainLine(task.title)}${detail === "" ? "" : palette.dim(`, ${detail}`)}`;
}

function taskLine(task: TaskView, options: FrameOptions): string {
  const { palette } = options;
  const icon = options.spinner === null ? palette.yellow("■") : palette.cyan(options.spinner);
  const time = timeColumn(formatRunning(options.now - task.startedAt));
  const detail = plainLine(task.detail);
  return `${icon} ${time}  ${plainLine(task.title)}${detail === "" ? "" : palette.dim(`, ${detail}`)}`;
}

function stepLines(view: RunView, room: number, options: FrameOptions): string[] {
  const folded = foldSteps(view.steps, room - 1);
  const labelWidth = Math.min(LABEL_LIMIT, Math.max(...view.steps.map((step) => textWidth(stepViewLabel(step)))));
  const sums = foldLine(folded);
  let spare = room - 1 - folded.shown.length - (sums === "" ? 0 : 1);
  const lines = [header(view, options)];
  for (const step of folded.shown) {
    const notes = stepNotes(step, options.palette).slice(0, Math.max(0, spare));
    spare -= notes.length;
    lines.push(stepLine(step, labelWidth, options), ...notes.map((note) => `  ${" ".repeat(TIME_WIDTH)}    ${note}`));
  }
  return sums === "" ? lines : [...lines, `  ${" ".repeat(TIME_WIDTH)}  ${options.palette.dim(sums)}`];
}

function header(view: RunView, options: FrameOptions): string {
  const over = view.steps.filter((step) => step.finishedAt !== null).length;
  const where = [view.environment, view.context === null ? null : `(${view.context})`].filter((part) => part !== null);
  const elapsed = view.startedAt === null ? "" : formatRunning(options.now - view.startedAt);
  const counts = `${over}/${view.steps.length} steps  ${elapsed}`;
  const title = options.palette.bold(plainLine(view.stack ?? "run"));
  const target = where.length === 0 ? "" : ` → ${plainLine(where.join(" "))}`;
  return `${title}${options.palette.dim(`${target}  ${counts}`.trimEnd())}`;
}

function stepLine(step: StepView, labelWidth: number, options: FrameOptions): string {
  const { palette } = options;
  const label = padToWidth(cutToWidth(stepViewLabel(step), labelWidth), labelWidth);
  const quiet = step.state === "pending" || step.state === "skipped" || step.state === "unchanged";
  const time = timeColumn(stepTime(step, options.now));
  const line = `${stepIcon(step, options)} ${palette.dim(time)}  ${quiet ? palette.dim(label) : label}`;
  const detail = stepDetail(step);
  return detail === ""
    ? line.trimEnd()
    : `${line}  ${step.state === "failed" ? palette.red(detail) : palette.dim(detail)}`;
}

function stepIcon(step: StepView, options: FrameOptions): string {
  const { palette } = options;
  switch (step.state) {
    case "pending":
      return palette.dim("·");
    case "running":
    case "applied":
      return options.spinner === null ? palette.yellow("■") : palette.cyan(options.spinner);
    case "done":
      return palette.green("✔");
    case "unchanged":
      return palette.dim("=");
    case "failed":
      return palette.red("✖");
    case "skipped":
      return palette.yellow("↷");
  }
}

function stepTime(step: StepView, now: number): string {
  if (isInProgress(step)) return formatRunning(now - (step.startedAt ?? now));
  if (step.state === "done" || step.state === "failed") return formatElapsed(step.durationMs ?? 0);
  return "";
}

function timeColumn(text: string): string {
  return text.padStart(TIME_WIDTH);
}

function foldLine(folded: FoldedSteps): string {
  const parts = [
    folded.foldedOver > 0 ? `${folded.foldedOver} finished` : "",
    folded.foldedOther > 0 ? `${folded.foldedOther} more in progress or failed` : "",
    folded.foldedPending > 0 ? `${folded.foldedPending} to come` : "",
  ];
  const text = parts.filter((part) => part !== "").join(", ");
  return text === "" ? "" : `… ${text}`;
}
