import type { Diagnosis } from "../model/diagnosis.ts";
import { type ErrorCode, FlotillaError } from "../model/errors.ts";

/** A step failed, and it is known why. */
export class DiagnosedError extends FlotillaError {
  /** Causes before what follows from them; not empty. */
  readonly diagnosis: readonly Diagnosis[];

  /** @param opening such as `Given up after 12s`: how the wait ended; the first diagnosis follows */
  constructor(code: ErrorCode, opening: string, diagnosis: readonly Diagnosis[], cause?: unknown) {
    const [first] = diagnosis;
    super(code, `${opening}: ${first?.message ?? ""}`, { hint: first?.hint ?? null, cause });
    this.name = "DiagnosedError";
    this.diagnosis = diagnosis;
  }
}
