import type { WatchCache } from "../kube/watch-cache.ts";
import { FlotillaError } from "../model/errors.ts";
import type { ObjectRef } from "../model/kube-object.ts";
import type { Progress } from "../model/readiness.ts";
import { abortError } from "../runtime/abort.ts";

/** What is waited for, and how it goes. */
export interface Wait {
  /** Their kinds are watched, in their namespaces. */
  readonly targets: readonly ObjectRef[];
  /** Judges the whole from what the watch has seen. */
  readonly judge: () => Progress;
  /** Called when what is awaited has changed. */
  readonly onProgress: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

/**
 * Waits until everything is ready, by watching; at once when it is. The one wait of readiness, gates and deletion.
 * @throws NotReadyError when something has failed for good, or the signal aborts (a deadline) while something is missing;
 * FlotillaError of the watch, such as `forbidden`
 */
export async function waitUntilReady(watch: WatchCache, wait: Wait): Promise<void> {
  await Promise.all(watchedKinds(wait.targets).map((target) => watch.ensure(target, target.namespace, wait.signal)));
  let shown = "";
  for (;;) {
    const { version } = watch;
    const progress = wait.judge();
    const text = JSON.stringify([progress.ready, progress.total, progress.awaiting]);
    if (text !== shown) wait.onProgress(progress);
    shown = text;
    if (progress.failed.length > 0) throw new NotReadyError(progress, null);
    if (progress.ready === progress.total) return;
    try {
      await watch.changedSince(version, wait.signal);
    } catch (error) {
      throw wait.signal.aborted ? new NotReadyError(wait.judge(), abortError(wait.signal)) : error;
    }
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

/** One target for each kind and namespace. */
function watchedKinds(targets: readonly ObjectRef[]): readonly ObjectRef[] {
  return [...new Map(targets.map((ref) => [`${ref.apiVersion}/${ref.kind}/${ref.namespace}`, ref])).values()];
}
