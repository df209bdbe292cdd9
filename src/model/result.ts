import type { Diagnosis } from "./diagnosis.ts";
import type { StepAction } from "./plan.ts";
import type { OutdatedProxies } from "./proxies.ts";
import type { VerifyReport } from "./verify-report.ts";

/** How a step ended. `skipped`: something it needs failed, or the run was interrupted before it began. */
export type StepOutcome = "done" | "unchanged" | "failed" | "skipped";

/** How a release ended in a run. */
export type ReleaseOutcome = "ready" | "unchanged" | "failed" | "skipped" | "rolled-back" | "removed";

/** One release's part in a run. Times are milliseconds since the run began; null when it never got there. */
export interface ReleaseResult {
  readonly name: string;
  readonly namespace: string;
  readonly action: StepAction;
  readonly outcome: ReleaseOutcome;
  readonly revisionBefore: number | null;
  readonly revisionAfter: number | null;
  readonly startedMs: number | null;
  readonly appliedMs: number | null;
  readonly readyMs: number | null;
  readonly diagnosis: readonly Diagnosis[];
}

/** Where a release can be reached from outside. */
export interface Address {
  readonly release: string;
  readonly service: string;
  /** IP or host name. */
  readonly address: string;
  readonly ports: readonly AddressPort[];
}

/** A port behind an {@link Address}. */
export interface AddressPort {
  readonly name: string | null;
  readonly port: number;
}

/** What a run did: the document of `up -o json`. */
export interface RunResult {
  readonly version: 1;
  readonly run: string;
  readonly stack: string;
  readonly outcome: "succeeded" | "failed" | "interrupted" | "rolled-back";
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly releases: readonly ReleaseResult[];
  readonly addresses: readonly Address[];
  /** How the smoke tests went; left out where none were asked for, or the run did not succeed. */
  readonly verification?: VerifyReport;
}

/** One release as `status` shows it. */
export interface ReleaseStatus {
  readonly name: string;
  readonly namespace: string;
  readonly chart: string | null;
  readonly version: string | null;
  readonly appVersion: string | null;
  readonly revision: number | null;
  /** Helm's own word; null when the release is not installed. */
  readonly helmStatus: string | null;
  readonly ready: boolean;
  /** Null until drift is looked for. */
  readonly drifted: boolean | null;
  readonly diagnosis: readonly Diagnosis[];
}

/** The document of `status -o json`. */
export interface StackStatus {
  readonly version: 1;
  readonly stack: string;
  readonly environment: string;
  readonly context: string;
  readonly releases: readonly ReleaseStatus[];
  readonly addresses: readonly Address[];
  /** Workloads in the stack's namespaces whose proxies are of another version than their istiod. */
  readonly outdatedProxies: readonly OutdatedProxies[];
}

/** One release as `diagnose` shows it. */
export type ReleaseDiagnosis = Pick<ReleaseStatus, "name" | "namespace" | "helmStatus" | "ready" | "diagnosis">;

/** The document of `diagnose -o json`. */
export interface StackDiagnosis {
  readonly version: 1;
  readonly stack: string;
  readonly environment: string;
  readonly context: string;
  readonly releases: readonly ReleaseDiagnosis[];
}
