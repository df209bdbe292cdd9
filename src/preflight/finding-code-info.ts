import type { Finding } from "../model/finding.ts";

/** What stands behind a code, as docs/doctor.md shows it. */
export interface FindingCodeInfo {
  readonly severity: Finding["severity"];
  /** Whether `plan` and `up` look for it too, when there is something to change. */
  readonly up: boolean;
  /** When it is found. */
  readonly when: string;
  /** What to do about it. */
  readonly remedy: string;
}
