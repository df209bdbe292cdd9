import type { JsonObject } from "../model/json.ts";
import { createPalette } from "./colors.ts";
import { plainLine } from "./plain-text.ts";

/** A stack file that was written. */
export interface WrittenStack {
  readonly stack: string;
  /** Absolute. */
  readonly file: string;
  /** Absolute; null when no chart was copied. */
  readonly exampleChart: string | null;
}

/** How what was written is shown. */
export interface InitTextOptions {
  readonly color: boolean;
  /** A path as people want to read it. */
  readonly displayPath: (path: string) => string;
  /** What the commands that come next need to find file and cluster: `["--sandbox"]`. */
  readonly flags: readonly string[];
}

/** The document of `init -o json`. */
export function initDocument({ stack, file, exampleChart }: WrittenStack): JsonObject {
  return { version: 1, stack, file, exampleChart };
}

const COMMANDS = [
  ["doctor", "what stands in the way"],
  ["lock", "pin the charts"],
  ["plan", "what up would do"],
  ["up", "do it"],
] as const;

/** What was written, for people, and what to do next. Ends with a line break. */
export function initText({ stack, file, exampleChart }: WrittenStack, options: InitTextOptions): string {
  const palette = createPalette(options.color);
  const shown = (path: string): string => plainLine(options.displayPath(path));
  const chart =
    exampleChart === null ? [] : [`${palette.green("✔")} ${shown(exampleChart)}: the example's chart, yours to change`];
  const next = COMMANDS.map(
    ([command, what]) => [["flotilla", command, ...options.flags.map(plainLine)].join(" "), what] as const,
  );
  const width = Math.max(...next.map(([command]) => command.length));
  return [
    `${palette.green("✔")} ${shown(file)}: the stack ${palette.bold(stack)}`,
    ...chart,
    "",
    "What next:",
    ...next.map(([command, what]) => `  ${command.padEnd(width)}  ${palette.dim(what)}`),
    "",
  ].join("\n");
}

/** A question as it is asked in a terminal. */
export interface ShownQuestion {
  readonly lead: readonly string[];
  readonly text: string;
  readonly preset: string;
}

/** A question and what goes before it; its last line has no line break. @param fault - what was wrong with the last answer */
export function questionText(
  { lead, text, preset }: ShownQuestion,
  fault: string | null,
  { first, color }: { readonly first: boolean; readonly color: boolean },
): string {
  const palette = createPalette(color);
  const opening = first ? ["Enter takes what stands in brackets; Ctrl-C leaves, and nothing is written.", ""] : [];
  const above = fault === null ? lead.map(plainLead) : [palette.red(plainLine(fault))];
  return [...opening, ...above, `${palette.bold(text)} [${plainLine(preset)}]: `].join("\n");
}

/** Indented entries of a list stay so. */
function plainLead(line: string): string {
  return `${/^ */.exec(line)?.[0] ?? ""}${plainLine(line)}`;
}
