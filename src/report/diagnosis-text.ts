import type { Diagnosis } from "../model/diagnosis.ts";
import type { ObjectRef } from "../model/kube-object.ts";
import type { Palette } from "./colors.ts";
import { plainLine, plainLines } from "./plain-text.ts";

/** Findings for people, most telling first as they come: code, object, message, evidence, what to do. */
export function diagnosisLines(diagnosis: readonly Diagnosis[], palette: Palette, indent: number): string[] {
  const space = " ".repeat(indent);
  return diagnosis.flatMap((finding) => findingLines(finding, palette).map((line) => space + line));
}

/** `Deployment istio-system/istiod`, or without the namespace for cluster-scoped objects. */
export function objectName(object: ObjectRef): string {
  const name = object.namespace === null ? object.name : `${object.namespace}/${object.name}`;
  return plainLine(`${object.kind} ${name}`);
}

function findingLines(finding: Diagnosis, palette: Palette): string[] {
  const code = finding.severity === "error" ? palette.red(finding.code) : palette.yellow(finding.code);
  const subject = finding.object === null ? "" : `  ${palette.bold(objectName(finding.object))}`;
  return [
    `${code}${subject}`,
    ...plainLines(finding.message).map((line) => `  ${line}`),
    ...finding.evidence.flatMap(plainLines).map((line) => palette.dim(`  │ ${line}`)),
    ...plainLines(finding.hint).map((line, index) => `  ${index === 0 ? palette.cyan("→") : " "} ${line}`),
  ];
}
