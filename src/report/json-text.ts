import type { JsonObject } from "../model/json.ts";

/** What JSON.stringify leaves as it is although a terminal may act on it: DEL, C1 controls, direction marks. */
const UNSAFE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** JSON text, the same value for every parser, in which control characters are always escaped. No line break at its end. */
export function jsonText(document: JsonObject, indent: number): string {
  return JSON.stringify(document, null, indent).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
