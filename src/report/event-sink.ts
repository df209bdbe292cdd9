import type { RunEvent } from "../model/events.ts";
import type { RunView } from "./run-view.ts";

/** One way to show a command's events. */
export interface EventSink {
  /** Takes an event and the view after it. Must not throw. */
  event(event: RunEvent, view: RunView): void;
  /** Ends whatever is drawn or timed, at once; later events may begin it anew. */
  stop(): void;
}
