import type { JsonObject } from "../model/json.ts";
import type { PlanDifference } from "../model/saved-plan.ts";
import type { Palette } from "./colors.ts";
import { plainLine } from "./plain-text.ts";
import { tableLines } from "./tables.ts";

/** What has moved on since a plan was saved, for people: a table of both values, and an empty line. */
export function differenceLines(differences: readonly PlanDifference[], palette: Palette): string[] {
  const rows = differences.map(({ code, subject, saved, now }) => [
    palette.bold(code),
    plainLine(subject),
    plainLine(saved),
    plainLine(now),
  ]);
  return [...tableLines(rows, { headers: ["", "WHAT", "IN THE PLAN", "NOW"], headerPaint: palette.dim }), ""];
}

/** The same for programs. */
export function differenceDocument({ code, subject, saved, now }: PlanDifference): JsonObject {
  return { code, subject, saved, now };
}
