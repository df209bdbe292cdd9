import type { ApplyConflict } from "./apply-conflict.ts";
import type { Finding } from "./finding.ts";
import type { PlanDifference } from "./saved-plan.ts";

/**
 * Every way a flotilla operation can end in an error. Stable: users' scripts and the exit codes build on them
 * (`cli/exit-codes.ts` maps each to an exit code).
 */
export type ErrorCode =
  | "usage" // wrong flags or arguments
  | "config-not-found" // no stack file
  | "file-exists" // something that would have to be overwritten
  | "config-invalid" // the stack file, a values file or a profile has errors
  | "values-invalid" // a chart does not take the values that it gets
  | "chart-not-found" // no such chart, or no version that fits
  | "chart-invalid" // not a chart, or an archive that is unsafe
  | "source-unreachable" // a chart source does not answer
  | "source-denied" // a chart source refuses the credentials
  | "digest-mismatch" // a chart or tool whose bytes are not those that were pinned
  | "lock-stale" // flotilla.lock does not fit the stack file
  | "context-unknown" // the kubeconfig has no such context, or there is no kubeconfig
  | "preflight-failed" // tools, cluster or stack do not fit together; `findings` says how
  | "target-refused" // the target is not named, or contradicts the environment
  | "need-unmet" // --only leaves out a release that another one needs
  | "cluster-unreachable" // the API server does not answer
  | "cluster-unauthorized" // the API server does not know us
  | "forbidden" // the API server knows us and says no
  | "api-failed" // the API server answered with an error we have no better name for
  | "helm-missing" // no helm on the path
  | "helm-unsupported" // helm too old, or HELM_DRIVER not secret
  | "helm-failed" // helm ended with an error; `diagnosis` says more
  | "release-owned" // the release belongs to another stack or to nobody of ours
  | "release-protected" // the stack file says that nothing may uninstall the release
  | "release-locked" // a release is pending in somebody else's hands
  | "apply-conflict" // somebody else holds fields that a release sets
  | "gateway-conflict" // two of Istio's Gateways claim the same port and host of the same pods
  | "run-locked" // another run holds the stack's lock
  | "journal-damaged" // the journal of a run cannot be read
  | "run-unknown" // the stack has no such run
  | "undo-refused" // a run that cannot be undone
  | "destructive-change" // a plan that loses data or replaces objects, and is not allowed to
  | "plan-stale" // the plan no longer fits the cluster, the lock or the charts
  | "plan-invalid" // the file is no saved plan, or was cut off or changed
  | "run-failed" // at least one step failed
  | "timeout" // a deadline passed
  | "write-failed" // a file cannot be written: the disk is full, or not ours to write
  | "tool-missing" // a tool can be neither found, downloaded nor built
  | "tool-failed" // a tool's download or build failed
  | "sandbox-missing" // no such sandbox
  | "sandbox-failed" // the sandbox did not come up or did not go down
  | "confirmation-required" // a change needs a yes
  | "interrupted" // the user stopped it
  | "internal"; // a defect of flotilla

/** What an error can carry beside its message. */
export interface ErrorDetails {
  /** What to do about it, in one or two sentences; null when nothing can be said. */
  readonly hint?: string | null;
  /** The error underneath. */
  readonly cause?: unknown;
}

/** The only error that flotilla's operations throw on purpose. The message says what, where and why; the hint what to do. */
export class FlotillaError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | null;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = "FlotillaError";
    this.code = code;
    this.hint = details.hint ?? null;
  }
}

/** One error or warning in a stack file or a values file. */
export interface ConfigProblem {
  readonly severity: "error" | "warning";
  readonly message: string;
  /** As the user would name it: relative to the working directory where possible. */
  readonly file: string;
  /** 1-based; null when the problem belongs to the whole file. */
  readonly line: number | null;
  /** 1-based; null when the problem belongs to the whole file. */
  readonly column: number | null;
  /** The lines around the place with a marker under it; null when there is no place. */
  readonly frame: string | null;
  /** What to do, the near name included (`did you mean "needs"?`); null when nothing can be said. */
  readonly hint: string | null;
}

/** A stack file with errors: all of them in one report. */
export class ConfigError extends FlotillaError {
  readonly problems: readonly ConfigProblem[];

  constructor(message: string, problems: readonly ConfigProblem[]) {
    super("config-invalid", message);
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/** What was found before anything was touched and keeps the run from beginning: all of it in one report. */
export class PreflightError extends FlotillaError {
  /** Of severity `error`. */
  readonly findings: readonly Finding[];

  /** @param hint what holds for all of them */
  constructor(
    message: string,
    findings: readonly Finding[],
    hint: string | null = "`flotilla doctor` looks at everything, and changes nothing.",
  ) {
    super("preflight-failed", message, { hint });
    this.name = "PreflightError";
    this.findings = findings;
  }
}

/** A saved plan from which things have moved on: all of them in one report. */
export class PlanStaleError extends FlotillaError {
  readonly differences: readonly PlanDifference[];

  constructor(message: string, differences: readonly PlanDifference[]) {
    super("plan-stale", message, { hint: "Plan anew: `flotilla plan --save FILE`, then look at it again." });
    this.name = "PlanStaleError";
    this.differences = differences;
  }
}

/** Fields that releases set and others hold on to: all of them in one report. */
export class ApplyConflictError extends FlotillaError {
  readonly conflicts: readonly ApplyConflict[];

  constructor(conflicts: readonly ApplyConflict[]) {
    const releases = [...new Set(conflicts.map(({ release }) => release))].join(", ");
    const fields = conflicts.some(({ field }) => field !== null);
    const things = conflicts.length === 1 ? "One thing is" : `${conflicts.length} things are`;
    super("apply-conflict", `${things} in other hands that ${releases} would change. Nothing was changed.`, {
      hint: fields
        ? `To take the fields over: \`--force-conflicts ${releases.replaceAll(" ", "")}\`, this once, or \`forceConflicts: true\` at the release in the stack file, for good.`
        : null,
    });
    this.name = "ApplyConflictError";
    this.conflicts = conflicts;
  }
}
