import type { ReleaseDiagnosis, StackDiagnosis } from "../model/result.ts";
import { createPalette, type Palette } from "./colors.ts";
import { diagnosisLines } from "./diagnosis-text.ts";
import { plainLine } from "./plain-text.ts";

/** Why releases are not ready, for people: a line each, what is wrong below it. Ends with a line break. */
export function stackDiagnosisText(found: StackDiagnosis, options: { readonly color: boolean }): string {
  const palette = createPalette(options.color);
  const head = `${palette.bold(plainLine(found.stack))} → ${plainLine(`${found.environment} (${found.context})`)}`;
  const lines = found.releases.flatMap((release) => [
    releaseLine(release, palette),
    ...diagnosisLines(release.diagnosis, palette, 4),
  ]);
  return `${[head, "", ...lines].join("\n")}\n`;
}

function releaseLine({ name, helmStatus, ready, diagnosis }: ReleaseDiagnosis, palette: Palette): string {
  const label = palette.bold(plainLine(name));
  if (helmStatus === null) return `${palette.dim("·")} ${label}: not installed`;
  if (ready) return `${palette.green("✔")} ${label}: nothing is wrong`;
  const broken = diagnosis.some(({ severity }) => severity === "error");
  return `${broken ? palette.red("✖") : palette.yellow("…")} ${label}: not ready`;
}
