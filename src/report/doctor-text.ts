import type { Finding } from "../model/finding.ts";
import type { JsonObject } from "../model/json.ts";
import { createPalette, type Palette } from "./colors.ts";
import { counted } from "./counted.ts";
import { plainLine, plainLines } from "./plain-text.ts";

/** What doctor has looked at, and what it found. */
export interface DoctorView {
  readonly stack: string;
  readonly environment: string;
  /** Null when the cluster could not be reached. */
  readonly context: string | null;
  readonly kubernetesVersion: string | null;
  readonly helmVersion: string | null;
  /** Errors first. */
  readonly findings: readonly Finding[];
}

/** The document of `doctor -o json`. */
export function doctorDocument({ findings }: Pick<DoctorView, "findings">): JsonObject {
  return { version: 1, findings: findings.map(findingDocument) };
}

/** A finding as every document holds it. */
export function findingDocument({ code, severity, message, hint }: Finding): JsonObject {
  return { code, severity, message, hint };
}

/** Findings for people: what was looked at, each finding with what to do, and a sum. Ends with a line break. */
export function doctorText(view: DoctorView, options: { readonly color: boolean }): string {
  const palette = createPalette(options.color);
  const lines = [headline(view, palette), "", ...findingLines(view.findings, palette), sum(view.findings, palette)];
  return `${lines.join("\n")}\n`;
}

/** Findings, each followed by an empty line. */
export function findingLines(findings: readonly Finding[], palette: Palette): string[] {
  return findings.flatMap((finding) => {
    const [first = "", ...more] = plainLines(finding.message);
    const hints = finding.severity === "info" ? [] : plainLines(finding.hint);
    return [
      `${sign(finding, palette)} ${palette.bold(plainLine(finding.code))}  ${first}`,
      ...more.map((line) => `  ${line}`),
      ...hints.map((line, index) => `  ${index === 0 ? palette.cyan("→") : " "} ${line}`),
      "",
    ];
  });
}

function headline(view: DoctorView, palette: Palette): string {
  const cluster =
    view.context === null
      ? "no cluster"
      : `${view.context}, Kubernetes ${(view.kubernetesVersion ?? "unknown").replace(/^v/, "")}`;
  const helm = view.helmVersion === null ? "no helm" : `Helm ${view.helmVersion}`;
  return `${palette.bold(plainLine(view.stack))} → ${plainLine(`${view.environment} (${cluster}, ${helm})`)}`;
}

function sign({ severity }: Finding, palette: Palette): string {
  const signs = { error: palette.red("✖"), warning: palette.yellow("▲"), info: palette.cyan("•") };
  return signs[severity];
}

function sum(findings: readonly Finding[], palette: Palette): string {
  const count = (severity: Finding["severity"]): number => findings.filter((each) => each.severity === severity).length;
  const [errors, warnings] = [count("error"), count("warning")];
  const text = [errors > 0 ? counted(errors, "error") : "", warnings > 0 ? counted(warnings, "warning") : ""].filter(
    (part) => part !== "",
  );
  if (errors > 0) return palette.red(`${text.join(", ")}: up would be refused.`);
  if (warnings > 0) return palette.yellow(`${text.join(", ")}; nothing that would stop up.`);
  return palette.green("Nothing stands in the way.");
}
