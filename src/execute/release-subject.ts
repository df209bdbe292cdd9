import type { Subject, UnreadyObject } from "../diagnosis/finding.ts";
import type { WatchCache } from "../kube/watch-cache.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import type { WaitCondition } from "../model/wait-condition.ts";
import { evaluate, evaluateConditions } from "../readiness/evaluate.ts";
import { WatchedView } from "./watched-view.ts";

/** A release, what is waited for of it and the hooks that run. */
export interface SubjectInput {
  readonly release: string | null;
  readonly namespace: string;
  readonly targets: readonly ObjectRef[];
  readonly conditions?: readonly WaitCondition[];
  readonly hooks?: readonly KubeObject[];
}

/** How new what is read has to be, and whether it is watched from then on. */
export interface ReadOptions {
  /** What was seen before this moment (`performance.now()`) does not count. */
  readonly since?: number;
  readonly follow: boolean;
}

/**
 * What is not ready of a release at this moment, for a diagnosis. What may not be read counts as ready.
 * @throws FlotillaError of the watch; `interrupted`
 */
export async function releaseSubject(
  watch: WatchCache,
  { release, namespace, targets, conditions = [], hooks = [] }: SubjectInput,
  { follow, ...options }: ReadOptions,
  signal: AbortSignal,
): Promise<Subject> {
  const view = new WatchedView(watch, { ...options, onForbidden: () => {} });
  const unready = await view.settled(
    (seen) =>
      [...evaluate(targets, seen), ...evaluateConditions(conditions, namespace, seen)].flatMap(
        ({ ref, readiness }): readonly UnreadyObject[] => {
          const { state, awaiting, reason } = readiness;
          if (state === "ready") return [];
          const object = seen.get(ref);
          const live = object === "forbidden" ? null : object;
          return [{ ref, object: live, awaiting: awaiting ?? ref.name, reason, failed: state === "failed" }];
        },
      ),
    signal,
  );
  if (follow) view.follow();
  return { release, namespace, unready, hooks };
}
