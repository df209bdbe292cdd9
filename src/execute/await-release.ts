import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import type { ReleaseStep } from "../model/plan.ts";
import type { Progress } from "../model/readiness.ts";
import type { Release } from "../model/stack.ts";
import type { ClusterView } from "../readiness/cluster-view.ts";
import { evaluate, evaluateConditions, type TargetReadiness } from "../readiness/evaluate.ts";
import { summarise } from "../readiness/summary.ts";
import { injectionMissed, podsWithoutProxy, replaceMissedPods } from "./missed-injection.ts";
import { progressEmitter } from "./progress-event.ts";
import { releaseSubject } from "./release-subject.ts";
import type { RunState } from "./run-state.ts";
import { forbiddenWarner } from "./warn-once.ts";
import { waitUntilReady } from "./wait-until-ready.ts";
import { withDiagnosis } from "./with-diagnosis.ts";

/** A release that is waited for. */
export interface AwaitedRelease {
  readonly step: ReleaseStep;
  readonly release: Pick<Release, "name" | "namespace" | "wait" | "injected">;
  /** What of its manifest is waited for. */
  readonly targets: readonly ObjectRef[];
  /** What was seen of the cluster before this moment (`performance.now()`) does not count. */
  readonly since: number;
}

/**
 * Waits until a release is ready, by its objects and by what the user asks for; at once when it is not to be waited for.
 * Pods that were made before Istio's injection answered are replaced, once.
 */
export async function awaitRelease(run: RunState, awaited: AwaitedRelease, signal: AbortSignal): Promise<void> {
  if (!awaited.release.wait.enabled) return;
  const missed = await awaitOnce(run, awaited, signal);
  if (missed.length === 0) return;
  const { name } = awaited.release;
  await replaceMissedPods(run, name, missed, signal);
  const still = await awaitOnce(run, { ...awaited, since: performance.now() }, signal);
  if (still.length > 0) throw injectionMissed(still, "it was replaced once, in vain");
}

/** @returns the pods that will never get ready because they missed their injection; none when all is ready */
async function awaitOnce(run: RunState, awaited: AwaitedRelease, signal: AbortSignal): Promise<readonly KubeObject[]> {
  const { step, release, targets, since } = awaited;
  const unchanged = step.action === "unchanged";
  let found: readonly TargetReadiness[] = [];
  let missed: readonly KubeObject[] = [];
  const judge = (view: ClusterView): Progress => {
    found = [...evaluate(targets, view), ...evaluateConditions(release.wait.for, release.namespace, view)];
    const progress = summarise(found);
    // An unchanged release that is ready is not looked into.
    const ready = unchanged && progress.ready === progress.total;
    missed = release.injected && !ready ? podsWithoutProxy(targets, view) : [];
    return missed.length === 0 ? progress : { ...progress, ready: progress.total, failed: [] };
  };
  const onProgress = progressEmitter(run, step);
  const subject = { release: release.name, namespace: release.namespace, targets, conditions: release.wait.for };
  const troubled = {
    subject: (stop: AbortSignal) => releaseSubject(run.watch, subject, { since, follow: true }, stop),
    overrides: release.wait.giveUp ?? {},
  };
  await withDiagnosis(run, step, troubled, signal, (stop) =>
    waitUntilReady(run.watch, { judge, onProgress, onForbidden: forbiddenWarner(run), since, signal: stop }),
  );
  if (missed.length === 0 && !unchanged) tellRemarks(run, release.name, found);
  return missed;
}

/** What counts as ready and still deserves a word: a paused rollout, a Service without pods. */
function tellRemarks(run: RunState, release: string, found: readonly TargetReadiness[]): void {
  for (const { ref, readiness } of found) {
    if (readiness.reason === null) continue;
    const message = `${release}: ${ref.kind} ${ref.name}: ${readiness.reason}.`;
    run.context.emit({ type: "notice", level: "info", message, hint: null });
  }
}
