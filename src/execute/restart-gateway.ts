import type { KubeClient } from "../kube/kube-client.ts";
import type { WatchCache } from "../kube/watch-cache.ts";
import { FlotillaError } from "../model/errors.ts";
import type { ObjectRef } from "../model/kube-object.ts";
import type { Progress } from "../model/readiness.ts";
import type { ClusterView } from "../readiness/cluster-view.ts";
import { budgetsAgainst } from "../readiness/disruption.ts";
import { evaluate } from "../readiness/evaluate.ts";
import { summarise } from "../readiness/summary.ts";
import { withDeadline } from "../runtime/abort.ts";
import { restartWorkload } from "./restart-workloads.ts";
import { waitUntilReady } from "./wait-until-ready.ts";

const BUDGET = { apiVersion: "policy/v1", kind: "PodDisruptionBudget" } as const;

/** What a restart works with. */
export interface RestartTools {
  readonly client: KubeClient;
  readonly watch: WatchCache;
  /** Milliseconds that it may take. */
  readonly timeoutMs: number;
  /** What is awaited, when that changes. */
  readonly onProgress: (progress: Progress) => void;
}

/**
 * Makes the pods of a workload anew and waits until all of them are ready. Before it begins, its PodDisruptionBudgets must
 * allow what the rollout takes away at once.
 * @throws FlotillaError `timeout`, `run-failed` when it does not get ready; `interrupted`
 */
export async function restartGateway(
  workload: ObjectRef,
  { client, watch, timeoutMs, onProgress }: RestartTools,
  signal: AbortSignal,
): Promise<void> {
  const deadline = withDeadline(signal, timeoutMs, () => {
    const message = `${workload.kind} ${workload.namespace}/${workload.name} was not ready again in time.`;
    return new FlotillaError("timeout", message, { hint: "flotilla diagnose says why." });
  });
  // What may not be read does not count: the rollout itself is what is waited for.
  const wait = { onProgress, onForbidden: (): void => {}, signal: deadline.signal };
  try {
    await waitUntilReady(watch, { ...wait, judge: (view) => budgetsAllow(workload, view), since: performance.now() });
    const since = performance.now();
    await restartWorkload(client, workload, deadline.signal);
    await waitUntilReady(watch, { ...wait, judge: (view) => summarise(evaluate([workload], view)), since });
  } finally {
    deadline.clear();
  }
}

function budgetsAllow(workload: ObjectRef, view: ClusterView): Progress {
  const live = view.get(workload);
  const budgets = view.list(BUDGET, workload.namespace);
  const against =
    live === null || live === "forbidden" || workload.kind !== "Deployment" ? [] : budgetsAgainst(live, budgets ?? []);
  const awaiting = against.map(({ metadata }) => `PodDisruptionBudget ${metadata.name} to allow it`);
  return { ready: awaiting.length === 0 ? 1 : 0, total: 1, awaiting, failed: [] };
}
