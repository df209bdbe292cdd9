import { API_FAILURES } from "./api-failures.ts";
import type { DiagnosisCode } from "../model/diagnosis.ts";
import type { Explanation } from "./failure.ts";

/** What the API server refused, in a newcomer's words: the same as when helm was the one that it refused. */
export interface ApiRefusal extends Explanation {
  readonly code: DiagnosisCode;
}

/**
 * Explains a refusal of the API server or its admission.
 * @param message the server's own words
 * @param release whose object was refused
 */
export function explainRefusal(
  message: string,
  release: { readonly name: string; readonly namespace: string },
): ApiRefusal {
  for (const { code, pattern, explain } of API_FAILURES) {
    const match = pattern.exec(message);
    if (match) return { code, ...explain(match, { verb: "upgrade", ...release }) };
  }
  return { code: "unknown", message, hint: "The cluster's own words are all there is to go by." };
}
