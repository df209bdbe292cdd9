import type { Palette } from "./colors.ts";
import { plainLine } from "./plain-text.ts";
import type { NoticeView } from "./run-view.ts";

/** A notice for people: its message, and what to do on a second line. */
export function noticeLines(notice: NoticeView, palette: Palette): string[] {
  const label = notice.level === "warning" ? palette.yellow("warning:") : palette.cyan("note:");
  const lines = [`${label} ${plainLine(notice.message)}`];
  if (notice.hint !== null) lines.push(palette.dim(`  ${plainLine(notice.hint)}`));
  return lines;
}
