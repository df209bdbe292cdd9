import type { ReleaseResult, RunResult } from "../model/result.ts";
import { addressLines } from "./address-text.ts";
import { createPalette, type Paint, type Palette } from "./colors.ts";
import { formatElapsed } from "./elapsed.ts";
import { failureLines } from "./failure-text.ts";
import { plainLine } from "./plain-text.ts";
import { resultHeadline } from "./result-headline.ts";
import { releaseOfStep, stepsOfResult, type RunView } from "./run-view.ts";
import { tableLines } from "./tables.ts";
import { verifyLines } from "./verify-text.ts";

/** How a result is written. */
export interface ResultTextOptions {
  readonly color: boolean;
  /** What the run's events told: charts, failed steps that are no release, who kept whom from beginning. */
  readonly view: RunView;
  /** The command that goes on where a failed or interrupted run ended, such as `flotilla up --sandbox`; null: none is named. */
  readonly again: string | null;
  /** What is to be said of a run that changed no release; left out: that all is up to date. */
  readonly idle?: string;
}

const HEADERS = ["", "RELEASE", "ACTION", "CHART", "REVISION", "RESULT", "TIME"];

/** What `up`, `down` and `rollback` did, for people: a table, addresses, what failed and what to do. Ends with a line break. */
export function resultText(result: RunResult, options: ResultTextOptions): string {
  const palette = createPalette(options.color);
  const rows = result.releases.map((release) => releaseRow(release, options.view, palette));
  const lines = [
    resultHeadline(result, palette, options.idle ?? null),
    ...(rows.length === 0 ? [] : ["", ...tableLines(rows, { headers: HEADERS, headerPaint: palette.dim })]),
    ...addressLines(result.addresses, palette),
    ...(result.verification === undefined ? [] : ["", ...verifyLines(result.verification, palette)]),
    ...failureLines(result, options.view, palette),
    ...nextLines(result, options.again, palette),
  ];
  return `${lines.join("\n")}\n`;
}

function releaseRow(release: ReleaseResult, view: RunView, palette: Palette): string[] {
  const { sign, paint } = outcomeStyle(release, palette);
  return [
    paint(sign),
    plainLine(release.name),
    release.action,
    chartOf(release.name, view),
    revisionText(release),
    paint(release.outcome),
    timeText(release, view),
  ];
}

function outcomeStyle(release: ReleaseResult, palette: Palette): { sign: string; paint: Paint } {
  switch (release.outcome) {
    case "ready":
    case "removed":
      return { sign: "✔", paint: palette.green };
    case "unchanged":
      return { sign: "=", paint: palette.dim };
    case "failed":
      return { sign: "✖", paint: palette.red };
    case "skipped":
      return { sign: "↷", paint: palette.yellow };
    case "rolled-back":
      return { sign: "↶", paint: palette.yellow };
  }
}

function chartOf(release: string, view: RunView): string {
  const step = stepsOfResult(view).find((candidate) => releaseOfStep(candidate) === release)?.step;
  return step?.kind === "release" && step.chart !== null ? plainLine(`${step.chart.name} ${step.chart.version}`) : "";
}

function revisionText(release: ReleaseResult): string {
  const { revisionBefore, revisionAfter, outcome } = release;
  // Helm does not say which revision it made when it failed, or whether it made one; what is removed has none.
  const unknown = outcome === "failed" ? " ?" : "";
  if (revisionAfter === null) return revisionBefore === null ? "" : `${revisionBefore} →${unknown}`;
  return revisionBefore === null || revisionBefore === revisionAfter
    ? `${revisionAfter}`
    : `${revisionBefore} → ${revisionAfter}`;
}

/** From the release's own start until it was ready or had failed; empty when it was never begun or left alone. */
function timeText(release: ReleaseResult, view: RunView): string {
  const { startedMs, readyMs, outcome } = release;
  if (startedMs === null || outcome === "unchanged") return "";
  if (readyMs !== null) return formatElapsed(readyMs - startedMs);
  const step = stepsOfResult(view).find((candidate) => releaseOfStep(candidate) === release.name);
  return step === undefined || step.durationMs === null ? "" : formatElapsed(step.durationMs);
}

function nextLines(result: RunResult, again: string | null, palette: Palette): string[] {
  if (result.outcome === "succeeded" || again === null) return [];
  const text =
    result.outcome === "interrupted"
      ? "The run was stopped before its end. To go on:"
      : result.outcome === "rolled-back"
        ? "Everything is back where it was. Put right what is named above, then run again:"
        : "Put right what is named above, then run again; what is ready is left alone:";
  return ["", palette.bold("Next"), `  ${text}`, `    ${palette.cyan(plainLine(again))}`];
}
