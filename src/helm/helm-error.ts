import type { Diagnosis } from "../model/diagnosis.ts";
import { FlotillaError } from "../model/errors.ts";
import { secrets } from "../runtime/redact.ts";
import { API_FAILURES } from "./api-failures.ts";
import { CHART_FAILURES } from "./chart-failures.ts";
import { CLUSTER_FAILURES, CONNECTION_FAILURES } from "./cluster-failures.ts";
import { failedObject } from "./failed-object.ts";
import type { FailurePattern, HelmWork, ValuesRefusal } from "./failure.ts";
import { OUTCOME_FAILURES } from "./outcome-failures.ts";
import { errorLines, errorText } from "./stderr-text.ts";

const PATTERNS: readonly FailurePattern[] = [
  ...CLUSTER_FAILURES,
  ...CHART_FAILURES,
  ...API_FAILURES,
  ...CONNECTION_FAILURES,
  ...OUTCOME_FAILURES,
];

/** Helm ended with an error (`helm-failed`), and what it says of the cluster or the chart. */
export class HelmError extends FlotillaError {
  readonly diagnosis: Diagnosis;
  /** Null for all that is not a matter of the chart's values. */
  readonly refusal: ValuesRefusal | null;

  constructor(work: HelmWork, diagnosis: Diagnosis, refusal: ValuesRefusal | null = null) {
    super("helm-failed", `helm ${work.verb} of release ${work.name} failed. ${diagnosis.message}`, {
      hint: diagnosis.hint,
    });
    this.name = "HelmError";
    this.diagnosis = diagnosis;
    this.refusal = refusal;
  }
}

/**
 * What helm's standard error means.
 * @param exitCode null when a signal ended helm
 * @returns a {@link HelmError}, or a FlotillaError `cluster-unreachable`, `cluster-unauthorized` or `context-unknown`
 */
export function helmFailure(stderr: string, work: HelmWork, exitCode: number | null): FlotillaError {
  // Before anything is read from it: charts and the cluster quote values, and long lines are cut.
  const evidence = errorLines(secrets.text(stderr));
  const text = errorText(evidence);
  for (const { code, errorCode, refusal, pattern, explain } of PATTERNS) {
    const match = pattern.exec(text);
    if (!match) continue;
    const { message, hint } = explain(match, work);
    if (errorCode !== undefined) return new FlotillaError(errorCode, message, { hint });
    return new HelmError(work, diagnosis(code, message, hint), refusal);
  }
  const words =
    text || (exitCode === null ? "It was killed." : `It ended with exit code ${exitCode} and said nothing.`);
  return new HelmError(
    work,
    diagnosis("unknown", words, `See helm's own words with: helm status ${work.name} --namespace ${work.namespace}`),
  );

  function diagnosis(code: Diagnosis["code"], message: string, hint: string): Diagnosis {
    const object = failedObject(text, work.namespace);
    return { code, severity: "error", object, message, hint, since: null, evidence };
  }
}
