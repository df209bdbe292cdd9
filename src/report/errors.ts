import {
  ApplyConflictError,
  ConfigError,
  type ConfigProblem,
  FlotillaError,
  PlanStaleError,
  PreflightError,
} from "../model/errors.ts";
import { createPalette, type Palette } from "./colors.ts";
import { conflictLines } from "./conflict-text.ts";
import { counted } from "./counted.ts";
import { findingLines } from "./doctor-text.ts";
import { plainLine, plainLines, plainText } from "./plain-text.ts";
import { differenceLines } from "./stale-text.ts";

/** How an error is written. */
export interface ErrorTextOptions {
  readonly color: boolean;
  /** Adds the causes, and the stack of a defect. */
  readonly verbose: boolean;
}

/** An error for people, ending with a line break: what, where, why, and what to do. */
export function formatError(error: unknown, options: ErrorTextOptions): string {
  const palette = createPalette(options.color);
  const lines = errorLines(error, palette);
  if (options.verbose) lines.push(...causeLines(error).map((line) => palette.dim(line)));
  return `${lines.join("\n")}\n`;
}

function errorLines(error: unknown, palette: Palette): string[] {
  if (error instanceof ConfigError) return configErrorLines(error, palette);
  if (error instanceof FlotillaError) {
    const details = detailLines(error, palette);
    const head = headLines(error.code, error.message, palette);
    return [...head, ...(details.length > 0 ? ["", ...details] : []), ...hintLines(error.hint, palette)];
  }
  const message = error instanceof Error ? error.message : String(error);
  return [
    ...headLines("internal", message === "" ? "an error without a message" : message, palette),
    ...hintLines(
      "This is a defect of flotilla. Please report it with the command you ran and what `--verbose` adds below this message.",
      palette,
    ),
  ];
}

/** What some errors list, up to an empty line. */
function detailLines(error: FlotillaError, palette: Palette): string[] {
  if (error instanceof PreflightError) return findingLines(error.findings, palette);
  if (error instanceof ApplyConflictError) return conflictLines(error.conflicts, palette);
  if (error instanceof PlanStaleError) return differenceLines(error.differences, palette);
  return [];
}

function headLines(code: string, message: string, palette: Palette): string[] {
  const [first = "", ...others] = plainLines(message);
  return [`${palette.bold(palette.red(`error[${code}]:`))} ${first}`, ...others.map((line) => `  ${line}`)];
}

function hintLines(hint: string | null, palette: Palette): string[] {
  if (hint === null) return [];
  const [first = "", ...others] = plainLines(hint);
  return [`${palette.cyan("  hint:")} ${first}`, ...others.map((line) => `        ${line}`)];
}

/** Warnings come after all errors: what must be mended is not to be looked for between them. */
function configErrorLines(error: ConfigError, palette: Palette): string[] {
  const apart = (["error", "warning"] as const).flatMap((severity) =>
    error.problems.filter((problem) => problem.severity === severity),
  );
  return [
    ...headLines(error.code, error.message, palette),
    "",
    ...apart.flatMap((problem) => [...problemLines(problem, palette), ""]),
    problemCount(error.problems),
  ];
}

function problemLines(problem: ConfigProblem, palette: Palette): string[] {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== null).join(":");
  const severity = problem.severity === "error" ? palette.red("error:") : palette.yellow("warning:");
  const frame = problem.frame === null ? [] : plainText(problem.frame).trimEnd().split("\n");
  return [
    `${palette.bold(plainLine(place))} ${severity} ${plainLine(problem.message)}`,
    ...frame.map((line) => palette.dim(`  ${line}`.trimEnd())),
    ...hintLines(problem.hint, palette),
  ];
}

function problemCount(problems: readonly ConfigProblem[]): string {
  const errors = problems.filter((problem) => problem.severity === "error").length;
  const warnings = problems.length - errors;
  const counts = [counted(errors, "error")];
  if (warnings > 0) counts.push(counted(warnings, "warning"));
  return counts.join(", ");
}

/** The errors underneath, innermost last, with their stacks where it is a defect. Stops at a cause that was seen before. */
function causeLines(error: unknown): string[] {
  const isDefect = !(error instanceof FlotillaError) || error.code === "internal";
  const lines: string[] = [];
  const seen = new Set<unknown>();
  for (let current = error; current instanceof Error && !seen.has(current); current = current.cause) {
    const label = seen.size === 0 ? [] : [`caused by: ${plainLine(current.message)}`];
    const frames = isDefect ? plainLines(current.stack ?? "").filter((line) => line.trimStart().startsWith("at ")) : [];
    lines.push(...label, ...frames);
    seen.add(current);
  }
  return lines;
}
