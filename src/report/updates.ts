import type { JsonObject } from "../model/json.ts";
import type { Output } from "./output.ts";
import { createPainter } from "./painter.ts";
import { plainText } from "./plain-text.ts";
import { cutToWidth } from "./text-width.ts";

/** How texts that replace each other are shown. */
export interface UpdateOptions {
  readonly out: NodeJS.WritableStream;
  /** True when a person watches. */
  readonly interactive: boolean;
  readonly columns: number;
  readonly rows: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Shows each text in place of the last one in a terminal; elsewhere one after the other, with the time. */
export function createUpdates(options: UpdateOptions, out: Output): (document: JsonObject, text: string) => void {
  const { now } = options;
  if (!options.interactive || !("isTTY" in options.out && options.out.isTTY === true)) {
    return (_document, text) => out.write(`${new Date(now()).toISOString()}\n${text.trimEnd()}\n\n`);
  }
  const painter = createPainter((text) => out.write(text));
  return (_document, text) => {
    const { columns, rows } = size(options);
    const lines = [...text.trimEnd().split("\n"), "", `${clock(now())}, Ctrl-C ends`];
    painter.paint(
      lines.slice(0, Math.max(1, rows - 1)).map((line) => cutToWidth(line, Math.max(1, columns - 1))),
      columns,
    );
  };
}

function size({ out, columns, rows }: UpdateOptions): { columns: number; rows: number } {
  return {
    columns: "columns" in out && typeof out.columns === "number" ? out.columns : columns,
    rows: "rows" in out && typeof out.rows === "number" ? out.rows : rows,
  };
}

function clock(now: number): string {
  return plainText(new Date(now).toLocaleTimeString("en-GB"));
}
