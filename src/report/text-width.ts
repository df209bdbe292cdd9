import { stripVTControlCharacters } from "node:util";

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const WIDTHLESS = /[\p{M}\u200b-\u200d\ufeff]/u;
// oxlint-disable-next-line no-control-regex -- an escape sequence begins with a control character
const STYLE = /(\u001b\[[0-9;]*m)/;

function characterWidth(character: string): number {
  if (WIDTHLESS.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** How many terminal columns a line takes; colours take none. */
export function textWidth(line: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(line)) width += characterWidth(character);
  return width;
}

/** Pads a line with spaces on its right up to `width` columns. */
export function padToWidth(line: string, width: number): string {
  return line + " ".repeat(Math.max(0, width - textWidth(line)));
}

/** Cuts a line to `width` columns, with `…` as its last one when something was cut. Colours end as they would have. */
export function cutToWidth(line: string, width: number): string {
  if (textWidth(line) <= width) return line;
  let room = Math.max(0, width - 1);
  let cut = "";
  let full = false;
  for (const piece of line.split(STYLE)) {
    if (STYLE.test(piece)) {
      cut += piece;
      continue;
    }
    for (const character of piece) {
      if (full) break;
      const needed = characterWidth(character);
      if (needed > room) {
        cut += width > 0 ? "…" : "";
        full = true;
        break;
      }
      cut += character;
      room -= needed;
    }
  }
  return cut;
}
