import type { Diagnosis } from "../model/diagnosis.ts";
import { formatDuration } from "../model/durations.ts";
import { FlotillaError } from "../model/errors.ts";
import type { GateStep } from "../model/plan.ts";
import type { Progress } from "../model/readiness.ts";
import { abortError, pause } from "../runtime/abort.ts";
import { DiagnosedError } from "./diagnosed-error.ts";
import { TRY_EVERY_MS } from "./dry-run.ts";
import { progressEmitter } from "./progress-event.ts";
import type { RunState } from "./run-state.ts";
import { NotReadyError } from "./wait-until-ready.ts";

/** What one try of a gate found. */
export interface GateLook {
  /** What is missing; null when the gate is open. */
  readonly awaiting: string | null;
  /** What to say of it should it stay so; null while nothing is wrong. */
  readonly diagnosis: Diagnosis | null;
  /** Milliseconds for which the diagnosis may stand before the gate is given up; null: until the step's own deadline. */
  readonly graceMs: number | null;
}

/** The gate is open. */
export const OPEN: GateLook = { awaiting: null, diagnosis: null, graceMs: null };

/**
 * A try that got no answer. The API server itself cuts the connection when a webhook has not answered within a dry run's time
 * (k8s.io/apiserver pkg/server/filters/timeout.go): the next try may find another istiod.
 */
const UNANSWERED: GateLook = { awaiting: "the cluster to answer", diagnosis: null, graceMs: null };

/**
 * Tries a gate every quarter of a second until it is open; a cluster that does not answer is tried again too.
 * @throws DiagnosedError with the last try's diagnosis when its grace or the step's time is over; NotReadyError when
 * nothing is known to be wrong
 */
export async function pollGate(
  run: Pick<RunState, "context">,
  step: GateStep,
  look: (signal: AbortSignal) => Promise<GateLook>,
  signal: AbortSignal,
): Promise<void> {
  const onProgress = progressEmitter(run, step);
  let last: GateLook = OPEN;
  let wrongSince: number | null = null;
  for (;;) {
    const { awaiting, diagnosis, graceMs } = await tryOnce(look, last, signal);
    if (awaiting === null) return;
    if (awaiting !== last.awaiting) onProgress(progressOf(awaiting));
    if (diagnosis?.code !== last.diagnosis?.code || diagnosis === null) wrongSince = null;
    wrongSince ??= performance.now();
    last = { awaiting, diagnosis, graceMs };
    const failed = diagnosis !== null && graceMs !== null && performance.now() - wrongSince >= graceMs;
    if (failed) {
      throw new DiagnosedError("run-failed", `Given up after ${formatDuration(graceMs)}`, [diagnosis]);
    }
    await pause(TRY_EVERY_MS, signal).catch(() => {
      throw timeUp(last, signal);
    });
  }
}

async function tryOnce(
  look: (signal: AbortSignal) => Promise<GateLook>,
  last: GateLook,
  signal: AbortSignal,
): Promise<GateLook> {
  try {
    return await look(signal);
  } catch (error) {
    if (signal.aborted) throw timeUp(last, signal);
    if (error instanceof FlotillaError && error.code === "cluster-unreachable") return UNANSWERED;
    throw error;
  }
}

/** An interruption says nothing of the cluster. */
function timeUp({ awaiting, diagnosis }: GateLook, signal: AbortSignal): FlotillaError {
  const cause = abortError(signal);
  if (diagnosis === null || cause.code === "interrupted") return new NotReadyError(progressOf(awaiting), cause);
  return new DiagnosedError(cause.code, cause.message.replace(/\.$/, ""), [diagnosis], cause);
}

function progressOf(awaiting: string | null): Progress {
  return { ready: 0, total: 1, awaiting: awaiting === null ? [] : [awaiting], failed: [] };
}
