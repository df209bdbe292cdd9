import { Writable } from "node:stream";

/** A stream that understands what the live view writes, as a terminal does: what a person would see is in `lines()`. */
export class Screen extends Writable {
  readonly isTTY = true;
  columns: number;
  rows: number;
  /** Everything that was written. */
  written = "";
  cursorShown = true;
  #cells: string[][] = [[]];
  #row = 0;
  #column = 0;
  /** First row on the screen; those above have scrolled off. */
  #top = 0;

  constructor(columns: number, rows: number) {
    super({ decodeStrings: false });
    this.columns = columns;
    this.rows = rows;
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    const text = chunk.toString();
    this.written += text;
    // oxlint-disable-next-line no-control-regex -- terminals are spoken to in control characters
    for (const [piece] of text.matchAll(/\u001b\[[?0-9;]*[A-Za-z]|[\s\S]/gu)) this.#take(piece);
    done();
  }

  /** All lines ever shown, those that scrolled off included, without empty ones at the end. */
  lines(): string[] {
    const lines = this.#cells.map((cells) => cells.join("").trimEnd());
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  #take(piece: string): void {
    if (piece === "\n") return this.#lineFeed();
    if (piece === "\r") {
      this.#column = 0;
      return;
    }
    if (!piece.startsWith("\u001b")) return this.#put(piece);
    const count = Number(piece.slice(2, -1)) || 1;
    if (piece === "\u001b[?25l") this.cursorShown = false;
    else if (piece === "\u001b[?25h") this.cursorShown = true;
    else if (piece.endsWith("A")) this.#row = Math.max(this.#top, this.#row - count);
    else if (piece === "\u001b[K") this.#cells[this.#row]?.splice(this.#column);
    else if (piece === "\u001b[J") this.#clearBelow();
    else if (!/\[\?2026[hl]$|m$/.test(piece)) throw new Error(`the screen does not know ${JSON.stringify(piece)}`);
  }

  #put(character: string): void {
    if (this.#column >= this.columns) {
      this.#lineFeed();
      this.#column = 0;
    }
    const cells = (this.#cells[this.#row] ??= []);
    while (cells.length < this.#column) cells.push(" ");
    cells[this.#column] = character;
    this.#column += 1;
  }

  /** As a terminal's driver does it, a line feed also goes back to the first column. */
  #lineFeed(): void {
    this.#column = 0;
    this.#row += 1;
    this.#cells[this.#row] ??= [];
    this.#top = Math.max(this.#top, this.#row - this.rows + 1);
  }

  #clearBelow(): void {
    this.#cells[this.#row]?.splice(this.#column);
    this.#cells.splice(this.#row + 1);
  }
}

/** A stream that keeps what is written to it. */
export class Sink extends Writable {
  written = "";

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written += chunk.toString();
    done();
  }
}

/** Resolves as soon as the condition holds; fails after five seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error("waited 5 s in vain");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
