import type { DiagnosisCode } from "../model/diagnosis.ts";
import type { ErrorCode } from "../model/errors.ts";

/** What helm was asked to do. */
export interface HelmWork {
  readonly verb: "upgrade" | "rollback" | "uninstall" | "template";
  /** Of the release. */
  readonly name: string;
  readonly namespace: string;
}

/** A failure in a newcomer's words. */
export interface Explanation {
  /** What went wrong and where: a sentence or two. */
  readonly message: string;
  /** What to do. */
  readonly hint: string;
}

/**
 * A chart that does not take the values it gets: by its `schema`, which looks at nothing else, or by a `template` (`fail`,
 * `required`), which may have looked at the cluster as well.
 */
export type ValuesRefusal = "schema" | "template";

/** A failure of helm that is told by its words. The first one of a table that fits counts. */
export interface FailurePattern {
  readonly code: DiagnosisCode;
  /** For failures that have an error code of their own, which then go without a diagnosis. */
  readonly errorCode?: ErrorCode;
  /** For charts that refuse their values. */
  readonly refusal?: ValuesRefusal;
  /** Looked for in the text that `errorText` makes. */
  readonly pattern: RegExp;
  /** What a match means to users. */
  readonly explain: (match: RegExpExecArray, work: HelmWork) => Explanation;
}

/** A group of a match; empty when it took no part in it. */
export function group(match: RegExpExecArray | RegExpMatchArray, index: number): string {
  return (match[index] ?? "").trim();
}
