import type { Plan, Step, StepAction } from "../model/plan.ts";
import { createPalette, type Palette } from "./colors.ts";
import { changeCounts, changeLines, hasChanges, lossLines } from "./plan-changes-text.ts";
import { plainLine } from "./plain-text.ts";
import { stepLabel, stepWords } from "./step-words.ts";
import { tableLines } from "./tables.ts";
import { cutToWidth, textWidth } from "./text-width.ts";

/** How a plan is shown. */
export interface PlanTextOptions {
  readonly color: boolean;
  /** Adds what changes, object by object. */
  readonly verbose?: boolean;
  /** Of the terminal; without it the table is as wide as it is. */
  readonly columns?: number | null;
}

/** What `up` would do, for people: the steps in order, why, what each waits for, and a sum. Ends with a line break. */
export function planText(plan: Plan, options: PlanTextOptions): string {
  const palette = createPalette(options.color);
  const notes = plan.notes.map((note) => palette.dim(`  ${plainLine(note)}`));
  const details = options.verbose ? changeLines(plan, palette) : hintLines(plan, options, palette);
  const lines = [
    headline(plan, palette),
    "",
    ...stepTable(plan, options.columns ?? null, palette),
    ...lossLines(plan, palette),
    ...details,
    ...(notes.length === 0 ? [] : [...notes, ""]),
    summaryLine(plan, palette),
  ];
  return `${lines.join("\n")}\n`;
}

/** Who was not asked whether details are wanted is told how to have them. */
function hintLines(plan: Plan, { verbose }: PlanTextOptions, palette: Palette): string[] {
  return verbose === false && hasChanges(plan) ? [palette.dim("  -v shows what changes, object by object."), ""] : [];
}

const HEADERS = ["", "STEP", "ACTION", "CHART", "NAMESPACE", "CHANGES", "WHY", "AFTER"];

/** In a terminal that is too narrow what each step waits for is left out first, and then lines are cut. */
function stepTable(plan: Plan, columns: number | null, palette: Palette): string[] {
  const labels = new Map(plan.steps.map((step) => [step.id, stepLabel(step)]));
  const rows = plan.steps.map((step) => stepRow(step, labels, palette));
  if (rows.length === 0) return [];
  const table = (cells: number): string[] =>
    tableLines(
      rows.map((row) => row.slice(0, cells)),
      { headers: HEADERS.slice(0, cells), headerPaint: palette.dim },
    );
  const whole = table(HEADERS.length);
  if (columns === null || whole.every((line) => textWidth(line) <= columns)) return [...whole, ""];
  return [...table(HEADERS.length - 1).map((line) => cutToWidth(line, columns)), ""];
}

function headline(plan: Plan, palette: Palette): string {
  const helm = plan.helmVersion === null ? "" : `, Helm ${plan.helmVersion.replace(/^v/, "")}`;
  const target = `${plan.environment} (${plan.context}, Kubernetes ${plan.kubernetesVersion.replace(/^v/, "")}${helm})`;
  return `${palette.bold(plainLine(plan.stack))} → ${plainLine(target)}`;
}

function stepRow(step: Step, labels: ReadonlyMap<string, string>, palette: Palette): string[] {
  const quiet = step.action === "unchanged";
  const chart =
    step.kind === "release" && step.chart !== null ? plainLine(`${step.chart.name} ${step.chart.version}`) : "";
  const cells = [
    stepLabel(step),
    stepWords(step).plan,
    chart,
    step.kind === "release" ? plainLine(step.namespace) : "",
    step.kind === "release" ? changeCounts(step, palette) : "",
    plainLine(step.reason),
    step.needs.map((need) => labels.get(need) ?? plainLine(need)).join(", "),
  ];
  return [actionSign(step, palette), ...(quiet ? cells.map((cell) => palette.dim(cell)) : cells)];
}

function actionSign(step: Step, palette: Palette): string {
  if (step.kind === "gate") return palette.cyan("?");
  const signs: Readonly<Record<StepAction, string>> = {
    install: palette.green("+"),
    upgrade: palette.yellow("~"),
    repair: palette.yellow("~"),
    adopt: palette.yellow("~"),
    recover: palette.yellow("~"),
    rollback: palette.yellow("<"),
    unchanged: palette.dim("="),
    uninstall: palette.red("-"),
  };
  return signs[step.action];
}

/** A plan in which no step does anything has no changes, whatever its releases' numbers are. */
function summaryLine(plan: Plan, palette: Palette): string {
  const changing = plan.steps.filter((step) => step.kind !== "gate" && step.action !== "unchanged");
  const sum = summaryText(plan);
  if (changing.length === 0) return palette.green(`No changes${sum === "" ? "" : `: ${sum}`}.`);
  return palette.bold(`Plan: ${sum === "" ? "no release changes" : sum}.`);
}

function summaryText({ summary, steps }: Pick<Plan, "summary" | "steps">): string {
  const repairs = steps.filter(({ action }) => action === "repair").length;
  const upgrades = summary.upgrade - repairs;
  const parts = [
    summary.install > 0 ? `${summary.install} to install` : "",
    upgrades > 0 ? `${upgrades} to upgrade` : "",
    repairs > 0 ? `${repairs} to repair` : "",
    summary.uninstall > 0 ? `${summary.uninstall} to uninstall` : "",
    summary.unchanged > 0 ? `${summary.unchanged} unchanged` : "",
    summary.drifted > 0 ? `${summary.drifted} drifted` : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}
