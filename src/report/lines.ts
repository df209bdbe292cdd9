import type { RunEvent } from "../model/events.ts";
import type { Palette } from "./colors.ts";
import { eventLines, stillRunningLines } from "./event-lines.ts";
import type { EventSink } from "./event-sink.ts";
import { EMPTY_RUN_VIEW, isBusy, type RunView } from "./run-view.ts";

/** What plain lines are written with. */
export interface LineSinkOptions {
  readonly palette: Palette;
  /** Takes whole lines, their ends included. */
  readonly write: (text: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** True: the cluster's own events as well. */
  readonly verbose: boolean;
}

/** Progress of one step or task is written at most this often. */
const PROGRESS_EVERY_MS = 5_000;
/** After this long without a line, what goes on is named again: CI systems end jobs that are silent. */
const SILENCE_MS = 30_000;

/**
 * Shows events as lines for logs: `[  12.3s] release/istiod: installing`. The time counts from the sink's making; steps
 * and tasks go by their ids.
 */
export function createLineSink(options: LineSinkOptions): EventSink {
  const { palette, now } = options;
  const begin = now();
  const lastProgress = new Map<string, number>();
  let lastLine = begin;
  let latest = EMPTY_RUN_VIEW;
  let timer: NodeJS.Timeout | null = null;

  function write(lines: readonly string[]): void {
    if (lines.length === 0) return;
    lastLine = now();
    const prefix = palette.dim(`[${((lastLine - begin) / 1000).toFixed(1).padStart(6)}s]`);
    options.write(lines.map((line) => `${prefix} ${line}\n`).join(""));
  }

  function isQuiet(event: RunEvent): boolean {
    if (event.type === "cluster-event") return !options.verbose;
    if (event.type !== "step-progress" && event.type !== "task-progress") return false;
    const subject = event.type === "step-progress" ? `step ${event.step}` : `task ${event.task}`;
    const last = lastProgress.get(subject);
    if (last !== undefined && now() - last < PROGRESS_EVERY_MS) return true;
    lastProgress.set(subject, now());
    return false;
  }

  function breakSilence(): void {
    if (now() - lastLine >= SILENCE_MS) write(stillRunningLines(latest, now()));
  }

  function stop(): void {
    if (timer !== null) clearInterval(timer);
    timer = null;
  }

  return {
    event(event: RunEvent, view: RunView): void {
      latest = view;
      if (!isQuiet(event)) write(eventLines(event, view, palette));
      if (!isBusy(view)) stop();
      else timer ??= setInterval(breakSilence, PROGRESS_EVERY_MS).unref();
    },
    stop,
  };
}
