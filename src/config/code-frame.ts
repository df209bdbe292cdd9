import { starredSecrets } from "./starred-secrets.ts";

/** Longest piece of a line that a frame shows. */
const WIDTH = 120;

/**
 * The lines around a place, numbered, with a caret under it. `line` and `column` are 1-based. What is most likely a
 * secret is starred out, tabs and control characters shown as one blank so that the caret stays in place.
 */
export function codeFrame(lines: readonly string[], line: number, column: number): string {
  const first = Math.max(1, line - 1);
  // A text that ends with a line break has no line after it worth showing.
  const end = lines.at(-1) === "" ? lines.length - 1 : lines.length;
  const last = Math.max(line, Math.min(end, line + 1));
  const gutter = String(last).length;
  const start = column > WIDTH ? column - WIDTH / 2 : 1;
  const frame: string[] = [];
  for (let number = first; number <= last; number++) {
    const text = presentable(starredSecrets(lines, number - 1)).slice(start - 1, start - 1 + WIDTH);
    const mark = number === line ? ">" : " ";
    frame.push(`${mark} ${String(number).padStart(gutter)} | ${text}`.trimEnd());
    if (number === line) frame.push(`  ${" ".repeat(gutter)} | ${" ".repeat(column - start)}^`);
  }
  return frame.join("\n");
}

function presentable(line: string): string {
  return line.replace(/\p{Cc}/gu, " ");
}
