import type { ObjectRef } from "../model/kube-object.ts";
import type { Step } from "../model/plan.ts";
import type { Progress } from "../model/readiness.ts";
import type { ClusterView } from "../readiness/cluster-view.ts";
import { progressEmitter } from "./progress-event.ts";
import type { RunState } from "./run-state.ts";
import { forbiddenWarner } from "./warn-once.ts";
import { waitUntilReady } from "./wait-until-ready.ts";

/**
 * Waits until objects are gone from the cluster; whatever holds one (a finalizer, a load balancer) is named meanwhile. One
 * that somebody makes anew under the same name, as controllers do, is another.
 * @throws NotReadyError when the signal aborts while some are still there
 */
export async function waitUntilGone(
  run: Pick<RunState, "client" | "watch" | "told" | "context">,
  step: Step,
  objects: readonly ObjectRef[],
  signal: AbortSignal,
): Promise<void> {
  // Most are gone by now: only kinds of which something is left are worth a watch.
  const found = await Promise.all(objects.map((ref) => run.client.get(ref, signal)));
  const remaining = objects.flatMap((ref, index) => {
    const object = found[index];
    return object ? [{ ref, uid: object.metadata.uid }] : [];
  });
  const judge = (view: ClusterView): Progress => {
    const left = remaining.flatMap(({ ref, uid }) => {
      const object = view.get(ref);
      return object === null || object === "forbidden" || object.metadata.uid !== uid ? [] : [object];
    });
    const awaiting = left.map((object) => {
      const holders = object.metadata.finalizers ?? [];
      const because = holders.length > 0 ? ` (held by ${holders.join(", ")})` : "";
      return `${object.kind} ${object.metadata.name} to be gone${because}`;
    });
    return { ready: objects.length - left.length, total: objects.length, awaiting, failed: [] };
  };
  await waitUntilReady(run.watch, {
    judge,
    since: performance.now(),
    detail: "metadata",
    onProgress: progressEmitter(run, step),
    onForbidden: forbiddenWarner(run),
    signal,
  });
}
