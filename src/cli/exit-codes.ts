import { type ErrorCode, FlotillaError } from "../model/errors.ts";

/** Everything that the process may end with; part of the contract with users' scripts. */
export const EXIT = { done: 0, failed: 1, usage: 2, changes: 3, refused: 4, smokeTest: 5, interrupted: 130 } as const;

/** One of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The one place that says which error ends in which exit code. */
const EXIT_OF: Readonly<Record<ErrorCode, ExitCode>> = {
  usage: EXIT.usage,
  "config-not-found": EXIT.usage,
  "config-invalid": EXIT.usage,
  "values-invalid": EXIT.usage,
  "file-exists": EXIT.refused,
  "confirmation-required": EXIT.usage,
  "chart-not-found": EXIT.refused,
  "chart-invalid": EXIT.refused,
  "source-unreachable": EXIT.refused,
  "source-denied": EXIT.refused,
  "digest-mismatch": EXIT.refused,
  "lock-stale": EXIT.refused,
  "context-unknown": EXIT.refused,
  "preflight-failed": EXIT.refused,
  "target-refused": EXIT.refused,
  "need-unmet": EXIT.refused,
  "cluster-unreachable": EXIT.refused,
  "cluster-unauthorized": EXIT.refused,
  forbidden: EXIT.refused,
  "api-failed": EXIT.failed,
  "helm-missing": EXIT.refused,
  "helm-unsupported": EXIT.refused,
  "helm-failed": EXIT.failed,
  "release-owned": EXIT.refused,
  "release-protected": EXIT.refused,
  "release-locked": EXIT.refused,
  "apply-conflict": EXIT.refused,
  "gateway-conflict": EXIT.refused,
  "run-locked": EXIT.refused,
  "journal-damaged": EXIT.refused,
  "run-unknown": EXIT.usage,
  "undo-refused": EXIT.refused,
  "destructive-change": EXIT.refused,
  "plan-stale": EXIT.refused,
  "plan-invalid": EXIT.usage,
  "run-failed": EXIT.failed,
  timeout: EXIT.failed,
  "write-failed": EXIT.refused,
  "tool-missing": EXIT.refused,
  "tool-failed": EXIT.failed,
  "sandbox-missing": EXIT.refused,
  "sandbox-failed": EXIT.failed,
  interrupted: EXIT.interrupted,
  internal: EXIT.failed,
};

/** The exit code for whatever ended a command. */
export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof FlotillaError ? EXIT_OF[error.code] : EXIT.failed;
}
