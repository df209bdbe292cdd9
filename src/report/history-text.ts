import type { JournaledRelease, JournalEntry } from "../model/journal.ts";
import { createPalette, type Palette } from "./colors.ts";
import { formatElapsed } from "./elapsed.ts";
import { plainLine } from "./plain-text.ts";
import { tableLines } from "./tables.ts";

const RUN_HEADERS = ["", "RUN", "COMMAND", "STARTED", "TIME", "BY", "OUTCOME", "RELEASES"];
const RELEASE_HEADERS = ["RELEASE", "NAMESPACE", "ACTION", "CHART", "REVISION", "OUTCOME", "WHY"];

/** The runs of a stack, newest first, for people. Ends with a line break. */
export function historyText(
  stack: string,
  entries: readonly JournalEntry[],
  options: { readonly color: boolean },
): string {
  const palette = createPalette(options.color);
  if (entries.length === 0) return `There are no runs of ${plainLine(stack)}.\n`;
  const rows = entries.map((entry) => runRow(entry, palette));
  return `${tableLines(rows, { headers: RUN_HEADERS, headerPaint: palette.dim }).join("\n")}\n`;
}

/** One run with what it did to each release, for people. Ends with a line break. */
export function runText(entry: JournalEntry, options: { readonly color: boolean }): string {
  const palette = createPalette(options.color);
  const { owner } = entry;
  const lines = [
    `${palette.bold(`Run ${plainLine(entry.run)}`)}: ${commandText(entry)} of ${plainLine(entry.stack)}, ${outcomeText(entry, palette)}`,
    `  to    ${plainLine(`${entry.environment} (${entry.context})`)}`,
    `  by    ${plainLine(`${entry.user} on ${owner.host}, process ${owner.pid}`)}`,
    `  from  ${plainLine(entry.startedAt)}${entry.finishedAt === null ? "" : ` to ${plainLine(entry.finishedAt)}`}`,
    "",
    ...tableLines(entry.releases.map(releaseRow), { headers: RELEASE_HEADERS, headerPaint: palette.dim }),
  ];
  return `${lines.join("\n")}\n`;
}

function runRow(entry: JournalEntry, palette: Palette): string[] {
  const changed = entry.releases.filter(
    ({ action, outcome }) => action !== "unchanged" && outcome !== "skipped",
  ).length;
  return [
    signOf(entry, palette),
    plainLine(entry.run),
    commandText(entry),
    plainLine(entry.startedAt.replace(/\.\d+Z$/, "Z")),
    entry.finishedAt === null ? "" : formatElapsed(Date.parse(entry.finishedAt) - Date.parse(entry.startedAt)),
    plainLine(`${entry.user}@${entry.owner.host}`),
    outcomeText(entry, palette),
    `${changed} of ${entry.releases.length} changed`,
  ];
}

function commandText({ command, undoes }: JournalEntry): string {
  return plainLine(undoes === null ? command : `${command} of ${undoes}`);
}

function outcomeText({ outcome }: JournalEntry, palette: Palette): string {
  switch (outcome) {
    case "succeeded":
      return palette.green(outcome);
    case "failed":
      return palette.red(outcome);
    case "running":
      return palette.cyan(outcome);
    default:
      return palette.yellow(outcome);
  }
}

function signOf({ outcome }: JournalEntry, palette: Palette): string {
  switch (outcome) {
    case "succeeded":
      return palette.green("✔");
    case "failed":
      return palette.red("✖");
    case "running":
      return palette.cyan("…");
    case "interrupted":
      return palette.yellow("■");
    case "rolled-back":
      return palette.yellow("↶");
  }
}

function releaseRow(release: JournaledRelease): string[] {
  const { revisionBefore: before, revisionAfter: after } = release;
  const revision = before === after ? `${before ?? ""}` : `${before ?? "none"} → ${after ?? "?"}`;
  return [
    plainLine(release.name),
    plainLine(release.namespace),
    release.action,
    plainLine(release.chart ?? ""),
    release.outcome === "removed" ? `${before ?? ""} →` : revision,
    release.outcome ?? "unknown",
    plainLine(release.message ?? ""),
  ];
}
