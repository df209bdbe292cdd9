import type { ConfigProblem } from "../model/errors.ts";
import type { JsonValue } from "../model/json.ts";
import { codeFrame } from "./code-frame.ts";

/** Keys and list positions from the root of a document to a value. */
export type Path = readonly (string | number)[];

/** Offsets of a node in the text: from its first character up to, not including, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where a value stands, and its key when it has one. */
export interface NodePlace {
  readonly key: Span | null;
  readonly value: Span;
}

/** What is to be said about a place. */
export interface Finding {
  readonly message: string;
  /** Null or left out when nothing can be said. */
  readonly hint?: string | null;
  /** Left out: an error. */
  readonly severity?: "error" | "warning";
}

/** A YAML file's values together with the place of each of them. */
export class YamlSource {
  /** As the user would name the file. */
  readonly file: string;
  /** The document as JSON; `${…}` still as written. */
  readonly value: JsonValue;
  private readonly text: SourceText;
  private readonly places: ReadonlyMap<string, NodePlace>;

  constructor(text: SourceText, value: JsonValue, places: ReadonlyMap<string, NodePlace>) {
    this.file = text.file;
    this.text = text;
    this.value = value;
    this.places = places;
  }

  /** A problem at a key, or at a value. Where there is no such node, at the nearest one that encloses it. */
  problem(path: Path, part: "key" | "value", finding: Finding): ConfigProblem {
    const place = this.places.get(pathKey(path));
    if (place) return this.text.problem((part === "key" ? (place.key ?? place.value) : place.value).start, finding);
    return path.length === 0 ? this.text.problem(null, finding) : this.problem(path.slice(0, -1), "key", finding);
  }

  /** A problem at the first `part` inside the scalar at `path`. */
  problemWithin(path: Path, part: string, finding: Finding): ConfigProblem {
    const span = this.places.get(pathKey(path))?.value;
    if (!span) return this.problem(path, "value", finding);
    const offset = this.text.text.indexOf(part, span.start);
    return this.text.problem(offset >= 0 && offset < span.end ? offset : span.start, finding);
  }

  /** The 1-based line of a key or an item; 0 when nothing stands there. */
  line(path: Path): number {
    return this.problem(path, "key", { message: "" }).line ?? 0;
  }

  /** A scalar as the file spells it; null when nothing stands there. */
  spelling(path: Path): string | null {
    const span = this.places.get(pathKey(path))?.value;
    return span ? this.text.text.slice(span.start, span.end) : null;
  }
}

/** The text of a file that is being read. */
export class SourceText {
  readonly file: string;
  readonly text: string;
  private lines: readonly string[] | null = null;
  /** Offset of the first character of each line. */
  private starts: readonly number[] | null = null;

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
  }

  /** A problem at an offset; null stands for the file as a whole. */
  problem(offset: number | null, { message, hint = null, severity = "error" }: Finding): ConfigProblem {
    const { file } = this;
    if (offset === null) return { severity, message, file, line: null, column: null, frame: null, hint };
    this.lines ??= this.text.split(LINE_BREAK);
    this.starts ??= [0, ...Array.from(this.text.matchAll(LINE_BREAKS), (end) => end.index + end[0].length)];
    const line = lineAt(this.starts, offset);
    const column = offset - (this.starts[line - 1] ?? 0) + 1;
    return { severity, message, file, line, column, frame: codeFrame(this.lines, line, column), hint };
  }
}

const LINE_BREAK = /\r\n|\n|\r/;
const LINE_BREAKS = new RegExp(LINE_BREAK, "g");

/** The 1-based line of an offset: the last one that starts at or before it. */
function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}

/** A path as a key of a map. */
export function pathKey(path: Path): string {
  return JSON.stringify(path);
}

/** A path as people write it: `releases[2].needs`. */
export function pathText(path: Path): string {
  return path.map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`)).join("");
}
