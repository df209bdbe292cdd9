import type { WatchCache } from "../kube/watch-cache.ts";
import { FlotillaError } from "../model/errors.ts";
import type { ObjectRef } from "../model/kube-object.ts";
import { abortError } from "../runtime/abort.ts";
import { evaluate, type Progress } from "../readiness/evaluate.ts";

/** What is waited for, and how it goes. */
export interface Wait {
  readonly targets: readonly ObjectRef[];
  /** Judges the whole from what the watch has seen; by default every target by its kind's rule. */
  readonly judge?: () => Progress;
  /** Called when what is awaited has changed. */
  readonly onProgress: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

/**
 * Waits until every target is ready, by watching. Resolves at once when all are.
 * @throws NotReadyError when one has failed for good or the signal aborts (a deadline) while some are waiting
 */
export async function waitUntilReady(watch: WatchCache, wait: Wait): Promise<void> {
  await Promise.all(watchedKinds(wait.targets).map((target) => watch.ensure(target, target.namespace, wait.signal)));
  const judge = wait.judge ?? ((): Progress => evaluate(wait.targets, (ref) => watch.get(ref)));
  await new Promise<void>((resolve, reject) => {
    let last = "";
    const finish = (settle: () => void): void => {
      unsubscribe();
      wait.signal.removeEventListener("abort", abort);
      settle();
    };
    const look = (): void => {
      const progress = judge();
      const shown = JSON.stringify([progress.ready, progress.total, progress.awaiting]);
      if (shown !== last) wait.onProgress(progress);
      last = shown;
      if (progress.failed.length > 0) finish(() => reject(new NotReadyError(progress, null)));
      else if (progress.ready === progress.total) finish(resolve);
    };
    const abort = (): void => finish(() => reject(new NotReadyError(judge(), abortError(wait.signal))));
    const unsubscribe = watch.subscribe(look);
    wait.signal.addEventListener("abort", abort, { once: true });
    if (wait.signal.aborted) abort();
    else look();
  });
}

/** Something did not get ready: `progress` has what was missing, `cause` the deadline or the interruption. */
export class NotReadyError extends FlotillaError {
  readonly progress: Progress;

  constructor(progress: Progress, cause: FlotillaError | null) {
    super(cause?.code ?? "run-failed", describe(progress, cause), { hint: cause?.hint ?? null, cause });
    this.name = "NotReadyError";
    this.progress = progress;
  }
}

function describe(progress: Progress, cause: FlotillaError | null): string {
  const { failed, awaiting } = progress;
  const missing = failed.length > 0 ? failed.map(({ reason }) => reason ?? "failed").join("; ") : awaiting.join(", ");
  return cause === null ? `It cannot get ready: ${missing}.` : `${cause.message} Still awaited: ${missing}.`;
}

/** One target for each kind and namespace. */
function watchedKinds(targets: readonly ObjectRef[]): readonly ObjectRef[] {
  return [...new Map(targets.map((ref) => [`${ref.apiVersion}/${ref.kind}/${ref.namespace}`, ref])).values()];
}
