import { textWidth } from "./text-width.ts";

/** Draws frames over each other in a terminal by writing only the lines that changed. */
export interface Painter {
  /** Shows these lines in place of the last frame; `columns` is the terminal's width at this moment. */
  paint(lines: readonly string[], columns: number): void;
  /** Writes lines above the frame that stay there for good. */
  printAbove(lines: readonly string[], columns: number): void;
}

/** Terminals that know it show everything up to the end mark at once; the others ignore it. */
const BEGIN_AT_ONCE = "\u001b[?2026h";
const END_AT_ONCE = "\u001b[?2026l";
const CLEAR_REST_OF_LINE = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";

function moveUp(count: number): string {
  return count > 0 ? `\r\u001b[${count}A` : "\r";
}

/**
 * A painter on `write`. The cursor rests at the start of the line below the frame, so that a `^C` that the terminal
 * echoes there is gone with the next frame.
 */
export function createPainter(write: (text: string) => void): Painter {
  let shown: readonly string[] = [];
  let shownColumns = 0;

  /** Rows that the last frame takes now: a terminal that was made narrower has wrapped its lines. */
  function rowsTaken(columns: number): number {
    if (columns >= shownColumns || columns < 1) return shown.length;
    return shown.reduce((rows, line) => rows + Math.max(1, Math.ceil(textWidth(line) / columns)), 0);
  }

  function paint(lines: readonly string[], columns: number): void {
    const resized = shown.length > 0 && columns !== shownColumns;
    const same = lines.length === shown.length && lines.every((line, index) => line === shown[index]);
    if (same && !resized) return;
    let text = moveUp(rowsTaken(columns));
    if (resized) text += CLEAR_BELOW;
    for (const [index, line] of lines.entries()) {
      const unchanged = !resized && line === shown[index];
      text += unchanged ? "\r\n" : `${line}${CLEAR_REST_OF_LINE}\r\n`;
    }
    write(`${BEGIN_AT_ONCE}${text}${CLEAR_BELOW}${END_AT_ONCE}`);
    shown = lines;
    shownColumns = columns;
  }

  function printAbove(lines: readonly string[], columns: number): void {
    if (lines.length === 0) return;
    const above = lines.map((line) => `${line}${CLEAR_REST_OF_LINE}\r\n`).join("");
    const frame = shown.map((line) => `${line}${CLEAR_REST_OF_LINE}\r\n`).join("");
    write(`${BEGIN_AT_ONCE}${moveUp(rowsTaken(columns))}${CLEAR_BELOW}${above}${frame}${END_AT_ONCE}`);
    shownColumns = columns;
  }

  return { paint, printAbove };
}
