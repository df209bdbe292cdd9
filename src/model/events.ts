import type { Diagnosis } from "./diagnosis.ts";
import type { ObjectRef } from "./kube-object.ts";
import type { ReleaseStep, Step } from "./plan.ts";
import type { RunResult, StepOutcome } from "./result.ts";
import type { ProbeResult } from "./verify-report.ts";

/**
 * Everything an operation can tell while it works. Each event is declared once, here; `report/` turns them into views
 * and `-o ndjson` prints them. Times are stamped by the sink.
 */
export type RunEvent =
  /** A plan begins to run. */
  | {
      readonly type: "run-started";
      readonly run: string;
      readonly stack: string;
      readonly environment: string;
      readonly context: string;
      readonly steps: readonly Step[];
    }
  /** A step's needs are met and it begins. */
  | { readonly type: "step-started"; readonly step: string; readonly release: string | null }
  /** Helm is done with a release; readiness is awaited from here on. */
  | {
      readonly type: "release-applied";
      readonly step: string;
      readonly release: string;
      readonly action: ReleaseStep["action"];
      readonly revision: number;
    }
  /** What a step waits for has changed. */
  | {
      readonly type: "step-progress";
      readonly step: string;
      readonly release: string | null;
      readonly ready: number;
      readonly total: number;
      readonly awaiting: readonly string[];
    }
  /** What is wrong with what a step waits for; sent when it changes, empty when nothing is wrong any more. */
  | {
      readonly type: "diagnosis";
      readonly step: string;
      readonly release: string | null;
      readonly diagnosis: readonly Diagnosis[];
    }
  /** The cluster itself said something of what a step waits for: each thing once. */
  | {
      readonly type: "cluster-event";
      readonly step: string;
      readonly release: string | null;
      readonly level: "info" | "warning";
      readonly object: ObjectRef;
      /** In the cluster's own words, such as `FailedScheduling`. */
      readonly reason: string;
      readonly message: string;
    }
  /** A step is over. */
  | {
      readonly type: "step-finished";
      readonly step: string;
      readonly release: string | null;
      readonly outcome: StepOutcome;
      readonly durationMs: number;
      readonly message: string | null;
      readonly diagnosis: readonly Diagnosis[];
    }
  /** A probe of a smoke test is over. */
  | ({ readonly type: "probe-finished"; readonly release: string; readonly test: string } & ProbeResult)
  /** Something worth knowing, not tied to progress. */
  | {
      readonly type: "notice";
      readonly level: "info" | "warning";
      readonly message: string;
      readonly hint: string | null;
    }
  /** A long piece of preparation (a download, a build, the sandbox) began, moved or ended. */
  | { readonly type: "task-started"; readonly task: string; readonly title: string }
  | { readonly type: "task-progress"; readonly task: string; readonly detail: string }
  | {
      readonly type: "task-finished";
      readonly task: string;
      readonly outcome: "done" | "failed";
      readonly detail: string;
      readonly durationMs: number;
    }
  /** The run is over; always the last one of a run. */
  | { readonly type: "run-finished"; readonly result: RunResult };
