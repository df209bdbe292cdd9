import { uninstallRelease } from "../helm/uninstall-release.ts";
import { FlotillaError } from "../model/errors.ts";
import { keepsOnUninstall } from "../manifest/resource-policy.ts";
import { objectRefs } from "../manifest/object-ref.ts";
import type { ReleaseStep } from "../model/plan.ts";
import { readReleaseManifest } from "./release-manifest.ts";
import type { RunState, StepReport } from "./run-state.ts";
import { waitUntilGone } from "./wait-until-gone.ts";

/** Uninstalls a release and waits until its objects are gone, those with finalizers and load balancers included. */
export async function uninstallStep(run: RunState, step: ReleaseStep, signal: AbortSignal): Promise<StepReport> {
  const { helm } = run;
  if (!helm) throw new FlotillaError("helm-missing", "This plan needs helm.");
  const { release: name, namespace } = step;
  const objects = await readReleaseManifest(run.client, { name, namespace, revision: step.revision ?? 0 }, signal);
  const owner = run.owner;
  await run.record.announce(name, namespace, { action: "uninstall", owner, since: new Date().toISOString() }, signal);
  await run.slots.use(
    () => uninstallRelease(helm, run.helmTarget, { name, namespace, timeoutMs: 300_000 }, signal),
    signal,
  );
  const appliedMs = run.elapsed();
  const going = objects.filter((object) => !keepsOnUninstall(object));
  await waitUntilGone(run, step, objectRefs(going, namespace), signal);
  await run.record.forget(name, signal);
  return { revision: null, appliedMs };
}
