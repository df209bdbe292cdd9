import type { Detail, WatchCache } from "../kube/watch-cache.ts";
import { FlotillaError } from "../model/errors.ts";
import type { Progress } from "../model/readiness.ts";
import { abortError, withDeadline } from "../runtime/abort.ts";
import type { ClusterView } from "../readiness/cluster-view.ts";
import { WatchedView } from "./watched-view.ts";

/** What is waited for, and how it goes. */
export interface Wait {
  /** Judges the whole from what the view shows; what it asks for is watched. */
  readonly judge: (view: ClusterView) => Progress;
  /** Called when what is awaited has changed. */
  readonly onProgress: (progress: Progress) => void;
  /** Called for each kind that may not be read; the wait goes on without it. */
  readonly onForbidden: (error: FlotillaError) => void;
  /** What was seen before this moment (`performance.now()`) does not count. Anything seen in this run does by default. */
  readonly since?: number;
  /** How much of each object is looked at; all of it by default. */
  readonly detail?: Detail;
  readonly signal: AbortSignal;
}

/** Milliseconds after which the cluster is asked again for a kind that it does not serve. */
const ASK_AGAIN_MS = 500;

/**
 * Waits until everything is ready, by watching; at once, and without a watch, when it is. The one wait of readiness,
 * gates and deletion.
 * @throws NotReadyError when something has failed for good, or the signal aborts (a deadline) while something is missing;
 * FlotillaError of the watch when it gives up
 */
export async function waitUntilReady(watch: WatchCache, wait: Wait): Promise<void> {
  const { judge, signal, onProgress, ...options } = wait;
  const view = new WatchedView(watch, options);
  let shown = "";
  let last: Progress | null = null;
  try {
    for (;;) {
      const { version } = watch;
      const progress = await view.settled(judge, signal);
      last = progress;
      const text = JSON.stringify([progress.ready, progress.total, progress.awaiting]);
      if (text !== shown) onProgress(progress);
      shown = text;
      if (progress.failed.length > 0) throw new NotReadyError(progress, null);
      if (progress.ready === progress.total) return;
      view.follow();
      await (view.lacksKinds ? changeOrAskAgain(watch, view, version, signal) : watch.changedSince(version, signal));
    }
  } catch (error) {
    if (!signal.aborted || error instanceof NotReadyError || last === null) throw error;
    throw new NotReadyError(last, abortError(signal));
  }
}

async function changeOrAskAgain(
  watch: WatchCache,
  view: WatchedView,
  version: number,
  signal: AbortSignal,
): Promise<void> {
  const soon = withDeadline(signal, ASK_AGAIN_MS, () => new FlotillaError("timeout", "Time to ask again."));
  try {
    await watch.changedSince(version, soon.signal);
  } catch (error) {
    if (signal.aborted || !soon.signal.aborted) throw error;
    await view.askAgain(signal);
  } finally {
    soon.clear();
  }
}

/** Something did not get ready: `progress` has what was missing, `cause` the deadline or the interruption. */
export class NotReadyError extends FlotillaError {
  /** As it was at the end. */
  readonly progress: Progress;

  constructor(progress: Progress, cause: FlotillaError | null) {
    super(cause?.code ?? "run-failed", describe(progress, cause), { hint: cause?.hint ?? null, cause });
    this.name = "NotReadyError";
    this.progress = progress;
  }
}

function describe({ failed, awaiting }: Progress, cause: FlotillaError | null): string {
  const missing = failed.length > 0 ? failed.map(({ reason }) => reason) : awaiting;
  const what = missing.length > 0 ? missing.join("; ") : "nothing is known yet";
  return cause === null ? `It cannot get ready: ${what}.` : `${cause.message} Still awaited: ${what}.`;
}
