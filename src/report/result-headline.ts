import type { ReleaseOutcome, RunResult } from "../model/result.ts";
import type { Palette } from "./colors.ts";
import { counted } from "./counted.ts";
import { formatElapsed } from "./elapsed.ts";
import { plainLine } from "./plain-text.ts";

const OUTCOMES: readonly ReleaseOutcome[] = ["failed", "skipped", "rolled-back", "ready", "removed", "unchanged"];

/** One line that says how a run ended: `✔ korthweb is up: 4 ready, 1 unchanged, in 12s`. @param idle for a run that changed no release; null: all is up to date */
export function resultHeadline(result: RunResult, palette: Palette, idle: string | null): string {
  const stack = plainLine(result.stack);
  const { sign, text } = verdict(result, stack, palette, idle);
  return `${sign} ${palette.bold(text)}: ${outcomeCounts(result)} in ${formatElapsed(result.durationMs)}`;
}

function verdict(
  result: RunResult,
  stack: string,
  palette: Palette,
  idle: string | null,
): { sign: string; text: string } {
  switch (result.outcome) {
    case "succeeded":
      return { sign: palette.green("✔"), text: successText(result, stack, idle) };
    case "failed":
      return { sign: palette.red("✖"), text: `${stack} failed` };
    case "interrupted":
      return { sign: palette.yellow("■"), text: `${stack} was interrupted` };
    case "rolled-back":
      return { sign: palette.yellow("↶"), text: `${stack} was rolled back` };
  }
}

function successText(result: RunResult, stack: string, idle: string | null): string {
  const { releases } = result;
  if (releases.length > 0 && releases.every((release) => release.action === "uninstall")) return `${stack} is removed`;
  if (releases.every((release) => release.outcome === "unchanged"))
    return idle ?? `${stack} is up to date, nothing to do`;
  // An undo takes back, and does nothing else; a run that prunes has others beside.
  if (releases.every(({ action }) => action === "rollback" || action === "uninstall")) return `${stack} is back`;
  return `${stack} is up`;
}

function outcomeCounts(result: RunResult): string {
  const counts = OUTCOMES.map((outcome) => ({
    outcome,
    number: result.releases.filter((release) => release.outcome === outcome).length,
  })).filter(({ number }) => number > 0);
  const [first, ...others] = counts;
  if (first === undefined) return "no releases";
  const rest = others.map(({ outcome, number }) => `, ${number} ${outcome}`).join("");
  return `${counted(first.number, "release")} ${first.outcome}${rest}`;
}
