import { isMissing } from "../kube/api-error.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import type { KindName } from "../kube/resource-kind.ts";
import type { DefinedKind } from "../manifest/crd-apis.ts";
import type { ReleaseStep } from "../model/plan.ts";
import { abortError, pause } from "../runtime/abort.ts";
import { progressEmitter } from "./progress-event.ts";
import type { RunState } from "./run-state.ts";
import { NotReadyError } from "./wait-until-ready.ts";

/** Knows what the API server serves. */
type Served = { readonly client: Pick<KubeClient, "resource"> };

/** Milliseconds between two looks at what the API server serves, at first and in the end: nothing announces it. */
const LOOK_EVERY_MS = { first: 20, most: 100 };

/**
 * Waits until the API server serves the kinds that a release brings. `Established` says that it will do so soon; whoever
 * comes earlier gets "no matches for kind".
 */
export async function awaitServedKinds(
  run: RunState,
  step: ReleaseStep,
  kinds: readonly KindName[],
  signal: AbortSignal,
): Promise<void> {
  const onProgress = progressEmitter(run, step);
  let shown = "";
  for (let waitMs = LOOK_EVERY_MS.first; ; waitMs = Math.min(waitMs * 2, LOOK_EVERY_MS.most)) {
    const missing = await firstUnserved(run, kinds, signal);
    if (missing === null) return;
    const awaiting = `the cluster to serve ${missing.kind} (${missing.apiVersion})`;
    const progress = { ready: 0, total: 1, awaiting: [awaiting], failed: [] };
    if (awaiting !== shown) onProgress(progress);
    shown = awaiting;
    await pause(waitMs, signal).catch(() => {
      throw new NotReadyError(progress, abortError(signal));
    });
  }
}

/** How long kinds are asked for before anybody looks at their definitions, in milliseconds. */
const SOON_MS = 1_000;

/**
 * Whether the API server serves all kinds that a release brings within a second: then their definitions are established (it
 * serves no others, k8s.io/apiextensions-apiserver customresource_discovery_controller.go). To list and watch those, each
 * tens of kilobytes long, would only keep it from its work. False for a release that brings none, and where the cluster
 * does not answer.
 */
export async function areServedSoon(run: Served, kinds: readonly DefinedKind[], signal: AbortSignal): Promise<boolean> {
  if (kinds.length === 0) return false;
  const end = performance.now() + SOON_MS;
  try {
    for (let waitMs = LOOK_EVERY_MS.first; ; waitMs = Math.min(waitMs * 2, LOOK_EVERY_MS.most)) {
      if ((await firstUnserved(run, kinds, signal)) === null) return await areTheirs(run, kinds, signal);
      if (performance.now() >= end) return false;
      await pause(waitMs, signal);
    }
  } catch {
    // Whoever waits on is more patient with a cluster that does not answer, and says what is missing when time is up.
    return false;
  }
}

/** Another definition with the same kind in the same group keeps a later one from being established. */
async function areTheirs(run: Served, kinds: readonly DefinedKind[], signal: AbortSignal): Promise<boolean> {
  const served = await Promise.all(kinds.map((kind) => run.client.resource(kind, signal)));
  return served.every(({ plural }, index) => plural === kinds[index]?.plural);
}

async function firstUnserved(run: Served, kinds: readonly KindName[], signal: AbortSignal): Promise<KindName | null> {
  for (const kind of kinds) {
    try {
      await run.client.resource(kind, signal);
    } catch (error) {
      if (!isMissing(error)) throw error;
      return kind;
    }
  }
  return null;
}
