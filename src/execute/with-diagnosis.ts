import { pause, shared } from "../runtime/abort.ts";
import type { Step } from "../model/plan.ts";
import { DiagnosedError } from "./diagnosed-error.ts";
import type { RunState } from "./run-state.ts";
import type { Troubled } from "./trouble-watch.ts";

/** Waits that are over sooner cost nothing: not even the code that looks is loaded. In milliseconds. */
const LOOK_AFTER_MS = 1_000;

/**
 * Does work that waits for the cluster, and looks for trouble meanwhile: what is wrong is named at once, and ends the work
 * when `diagnosis/give-up.ts` (or the release's `wait.giveUp`) says so.
 * @throws DiagnosedError when the wait was given up, timed out or failed, and the cluster shows why; what the work throws
 */
export async function withDiagnosis<T>(
  run: RunState,
  step: Step,
  troubled: Troubled,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  const forward = (): void => ending.abort(signal.reason);
  if (signal.aborted) forward();
  else signal.addEventListener("abort", forward, { once: true });
  const looking = new AbortController();
  const watching = look(run, step, troubled, shared(looking.signal)).then(
    (trouble) => ending.abort(trouble),
    // Aborted, or the cluster cannot be looked at: the wait itself hears of that.
    () => {},
  );
  try {
    return await work(shared(ending.signal));
  } catch (error) {
    looking.abort();
    if (ending.signal.reason instanceof DiagnosedError) throw ending.signal.reason;
    const { explainFailure } = await import("./explain-failure.ts");
    throw await explainFailure(run, troubled, error);
  } finally {
    looking.abort();
    signal.removeEventListener("abort", forward);
    await watching;
  }
}

async function look(run: RunState, step: Step, troubled: Troubled, signal: AbortSignal): Promise<DiagnosedError> {
  const begun = performance.now();
  await pause(troubled.lookAfterMs ?? LOOK_AFTER_MS, signal);
  const { watchForTrouble } = await import("./trouble-watch.ts");
  return watchForTrouble(run, step, troubled, begun, signal);
}
