import type { Helm } from "../helm/helm.ts";
import { uninstallRelease } from "../helm/uninstall-release.ts";
import { keepsOnUninstall } from "../manifest/resource-policy.ts";
import { objectRefs } from "../manifest/object-ref.ts";
import type { ReleaseStep } from "../model/plan.ts";
import { readReleaseManifest } from "./release-manifest.ts";
import type { RunState } from "./run-state.ts";
import { waitUntilGone } from "./wait-until-gone.ts";

/** Milliseconds that each of a release's delete hooks may take. */
const HOOK_TIMEOUT_MS = 300_000;

/**
 * Uninstalls a release and waits until its objects are gone, those with finalizers and load balancers included; what
 * Helm keeps on purpose stays. Takes a slot for helm's part only.
 * @param revision the one that is there, whose objects go
 * @returns milliseconds since the run began when helm was done
 */
export async function uninstallAndWait(
  run: RunState,
  helm: Helm,
  step: ReleaseStep,
  revision: number,
  signal: AbortSignal,
): Promise<number> {
  const { release: name, namespace } = step;
  const objects = await readReleaseManifest(run.client, { name, namespace, revision }, signal);
  const going = objectRefs(
    objects.filter((object) => !keepsOnUninstall(object)),
    namespace,
  );
  const request = { name, namespace, timeoutMs: HOOK_TIMEOUT_MS };
  await run.slots.use(() => uninstallRelease(helm, run.helmTarget, request, signal), signal);
  const appliedMs = run.elapsed();
  await waitUntilGone(run, step, going, signal);
  return appliedMs;
}
