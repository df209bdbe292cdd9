import type { Writable } from "node:stream";
import type { RunEvent } from "../model/events.ts";
import { createPalette } from "./colors.ts";
import type { EventSink } from "./event-sink.ts";
import { finishedTaskLine } from "./frame.ts";
import type { LiveView } from "./live.ts";
import { noticeLines } from "./notice-text.ts";
import { EMPTY_RUN_VIEW, isBusy, type RunView } from "./run-view.ts";

/** What the view in a terminal needs; see `LiveViewOptions`. */
export interface InteractiveSinkOptions {
  readonly err: Writable;
  readonly out: Writable;
  readonly color: boolean;
  readonly columns: number;
  readonly rows: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Writes to `err` while no live view is open. */
  readonly write: (text: string) => void;
}

/** Work that is over sooner than this is not worth a live view: nothing flashes, and listr2 is never loaded. */
const OPEN_AFTER_MS = 120;

/** Shows events in a terminal: a live view while something goes on, notices above it, nothing at rest. */
export function createInteractiveSink(options: InteractiveSinkOptions): EventSink {
  const palette = createPalette(options.color);
  let latest = EMPTY_RUN_VIEW;
  let live: LiveView | null = null;
  let opening: NodeJS.Timeout | null = null;
  /** Whether lines of ours stand right above the cursor. */
  let linesAbove = false;

  function print(lines: readonly string[]): void {
    linesAbove = true;
    if (live === null) options.write(lines.map((line) => `${line}\n`).join(""));
    else live.print(lines);
  }

  function openSoon(): void {
    if (live !== null || opening !== null) return;
    const timer = setTimeout(() => void open(timer), OPEN_AFTER_MS);
    opening = timer;
  }

  /** `timer` tells whether this opening is still the one that is wanted: `close` may come while the module loads. */
  async function open(timer: NodeJS.Timeout): Promise<void> {
    const module = await import("./live.ts").catch(() => null);
    // A run goes on without its view; `opening` stays set, so that it is not tried again.
    if (opening !== timer || module === null) return;
    opening = null;
    live = module.openLiveView({ ...options, view: () => latest });
  }

  function close(clear: boolean): void {
    if (opening !== null) clearTimeout(opening);
    opening = null;
    if (live === null) return;
    live.close({ clear });
    live = null;
    linesAbove ||= !clear && latest.steps.length > 0;
  }

  /** What comes next, a result or a question, is set off by an empty line. */
  function stop(): void {
    close(false);
    if (linesAbove) options.write("\n");
    linesAbove = false;
  }

  return {
    event(event: RunEvent, view: RunView): void {
      latest = view;
      if (event.type === "notice") print(noticeLines(event, palette));
      if (event.type === "task-finished" && live !== null) {
        print(view.tasks.filter((task) => task.id === event.task).map((task) => finishedTaskLine(task, palette)));
      }
      // The table of a run that went well says all that the last frame says.
      if (!isBusy(view)) close(view.result?.outcome === "succeeded");
      else openSoon();
    },
    stop,
  };
}
