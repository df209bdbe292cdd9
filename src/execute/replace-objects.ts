import type { RemoveOptions } from "../kube/kube-client.ts";
import type { ObjectRef } from "../model/kube-object.ts";
import type { ReleaseStep } from "../model/plan.ts";
import type { RunState } from "./run-state.ts";
import { waitUntilGone } from "./wait-until-gone.ts";

/**
 * Deletes the objects of a step that the API server would not let change, so that helm makes them anew. A StatefulSet leaves
 * its pods and their volumes behind, for the next one to take over. Only plans that may be destructive have such objects.
 */
export async function replaceObjects(run: RunState, step: ReleaseStep, signal: AbortSignal): Promise<void> {
  const objects = step.changes.filter(({ replaced }) => replaced);
  if (objects.length === 0) return;
  await Promise.all(objects.map((ref) => run.client.remove(ref, removalOf(ref), signal)));
  await waitUntilGone(run, step, objects, signal);
}

function removalOf({ kind }: ObjectRef): RemoveOptions {
  return { propagationPolicy: kind === "StatefulSet" ? "Orphan" : "Foreground" };
}
