import { stripVTControlCharacters } from "node:util";

const LINE_BREAK = /\r\n|[\n\r\u0085\u2028\u2029]/g;
/** Marks that change the reading direction: a terminal would show another text than the one that was written. */
const DIRECTION_MARK = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Makes a text from outside (cluster, helm, charts) safe to print: escape sequences, control characters and direction
 * marks are gone, line breaks are `\n`, tabs are spaces.
 */
export function plainText(text: string): string {
  return stripVTControlCharacters(text)
    .replace(LINE_BREAK, "\n")
    .replace(/\t/g, "  ")
    .replace(DIRECTION_MARK, "")
    .replace(/(?!\n)\p{Cc}/gu, "");
}

/** Like {@link plainText}, on one line: line breaks and runs of spaces become one space. */
export function plainLine(text: string): string {
  return plainText(text).replace(/\s+/g, " ").trim();
}

/** The lines of {@link plainText} that hold anything, without spaces at their ends. */
export function plainLines(text: string): string[] {
  return plainText(text)
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
}
