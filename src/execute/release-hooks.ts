import type { WatchCache } from "../kube/watch-cache.ts";
import { type HookEvent, hookEvents } from "../manifest/hooks.ts";
import { objectRefs } from "../manifest/object-ref.ts";
import { parseManifest } from "../manifest/parse-manifest.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { WatchedView } from "./watched-view.ts";

/** The hooks of a revision that Helm waits for: Jobs and Pods. */
export interface ReleaseHooks {
  readonly refs: readonly ObjectRef[];
  /** Whether some of them run before the release's objects are applied. */
  readonly first: boolean;
}

/** Reads the hooks that run at an install or an upgrade from Helm's record. */
export function releaseHooks(
  manifests: readonly string[],
  namespace: string,
  change: "install" | "upgrade",
): ReleaseHooks {
  const wanted: readonly HookEvent[] = [`pre-${change}`, `post-${change}`];
  const hooks = manifests
    .flatMap((manifest) => parseManifest(manifest))
    .filter((hook) => hookEvents(hook).some((event) => wanted.includes(event)))
    .filter(({ kind }) => kind === "Job" || kind === "Pod");
  return {
    refs: objectRefs(hooks, namespace),
    first: hooks.some((hook) => hookEvents(hook).includes(`pre-${change}`)),
  };
}

/**
 * Those hooks that are in the cluster.
 * @param madeAt by the cluster's clock, ISO 8601: what was made before belongs to another revision
 */
export async function liveHooks(
  watch: WatchCache,
  { refs }: ReleaseHooks,
  madeAt: string,
  follow: boolean,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const view = new WatchedView(watch, { onForbidden: () => {} });
  const found = await view.settled((seen) => refs.map((ref) => seen.get(ref)), signal);
  if (follow) view.follow();
  return found.flatMap((hook) =>
    hook !== null && hook !== "forbidden" && (hook.metadata.creationTimestamp ?? "") >= madeAt ? [hook] : [],
  );
}
