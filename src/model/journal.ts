import type { RunOwner } from "./observed.ts";
import type { StepAction } from "./plan.ts";
import type { ReleaseOutcome, RunResult } from "./result.ts";

/** What a run was started for. */
export type RunCommand = "up" | "down" | "rollback";

/** One release's part in a run, as the journal keeps it. */
export interface JournaledRelease {
  readonly name: string;
  readonly namespace: string;
  readonly action: StepAction;
  /** Names of the releases of this run that had to be ready (or gone) first. */
  readonly needs: readonly string[];
  /** `name version`; null for removals. */
  readonly chart: string | null;
  /** True when its pods get a proxy by Istio's webhook. */
  readonly injected: boolean;
  /** True for the istiod whose webhook does that. */
  readonly istiod: boolean;
  /** What an undo goes back to; null when the release was not there. */
  readonly revisionBefore: number | null;
  /** Null while the run is going on, and when the release is gone. */
  readonly revisionAfter: number | null;
  /** Null while the run is going on. */
  readonly outcome: ReleaseOutcome | null;
  /** Why it failed, in one line; null when it did not. */
  readonly message: string | null;
}

/** The record of one run. */
export interface JournalEntry {
  readonly run: string;
  readonly stack: string;
  readonly environment: string;
  readonly context: string;
  readonly command: RunCommand;
  /** The run that this one undoes; null for all others. */
  readonly undoes: string | null;
  readonly owner: RunOwner;
  /** Login name of whoever started it. */
  readonly user: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** ISO 8601; null while it goes on. */
  readonly finishedAt: string | null;
  readonly outcome: RunResult["outcome"] | "running";
  readonly releases: readonly JournaledRelease[];
  /** Namespaces that the run was to make. */
  readonly namespaces: readonly string[];
}
