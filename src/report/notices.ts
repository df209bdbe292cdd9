import type { Palette } from "./colors.ts";
import { eventLines } from "./event-lines.ts";
import type { EventSink } from "./event-sink.ts";

/**
 * For `-o json`, whose progress nobody watches: shows notices, and why a step failed that belongs to no release, for which
 * the document has no place.
 */
export function createNoticeSink(palette: Palette, write: (text: string) => void): EventSink {
  return {
    event(event, view) {
      const isFailure = event.type === "step-finished" && event.outcome === "failed" && event.release === null;
      if (event.type !== "notice" && !isFailure) return;
      for (const line of eventLines(event, view, palette)) write(`${line}\n`);
    },
    stop: () => undefined,
  };
}
