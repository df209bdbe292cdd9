import type { Plan, PlanSummary, Step, StepAction } from "../model/plan.ts";
import { createPalette, type Palette } from "./colors.ts";
import { plainLine } from "./plain-text.ts";
import { stepLabel, stepWords } from "./step-words.ts";
import { tableLines } from "./tables.ts";

/** What `up` would do, for people: the steps in order, why, what each waits for, and a sum. Ends with a line break. */
export function planText(plan: Plan, options: { readonly color: boolean }): string {
  const palette = createPalette(options.color);
  const labels = new Map(plan.steps.map((step) => [step.id, stepLabel(step)]));
  const rows = plan.steps.map((step) => stepRow(step, labels, palette));
  const headers = ["", "STEP", "ACTION", "CHART", "NAMESPACE", "WHY", "AFTER"];
  const notes = plan.notes.map((note) => palette.dim(`  ${plainLine(note)}`));
  const lines = [
    headline(plan, palette),
    "",
    ...(rows.length === 0 ? [] : [...tableLines(rows, { headers, headerPaint: palette.dim }), ""]),
    ...(notes.length === 0 ? [] : [...notes, ""]),
    summaryLine(plan, palette),
  ];
  return `${lines.join("\n")}\n`;
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
  const sum = summaryText(plan.summary);
  if (changing.length === 0) return palette.green(`No changes${sum === "" ? "" : `: ${sum}`}.`);
  return palette.bold(`Plan: ${sum === "" ? "no release changes" : sum}.`);
}

function summaryText(summary: PlanSummary): string {
  const parts = [
    summary.install > 0 ? `${summary.install} to install` : "",
    summary.upgrade > 0 ? `${summary.upgrade} to upgrade` : "",
    summary.uninstall > 0 ? `${summary.uninstall} to uninstall` : "",
    summary.unchanged > 0 ? `${summary.unchanged} unchanged` : "",
    summary.drifted > 0 ? `${summary.drifted} drifted` : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}
