import { FlotillaError } from "../model/errors.ts";
import type { ReleaseIntent } from "../model/observed.ts";
import type { ReleaseStep } from "../model/plan.ts";
import type { RunState, StepReport } from "./run-state.ts";
import { uninstallAndWait } from "./uninstall-and-wait.ts";

/**
 * Uninstalls a release and waits until its objects are gone. The intent stays when helm fails: Helm leaves the release
 * `uninstalling` then, and the next run may bring that to its end.
 */
export async function uninstallStep(run: RunState, step: ReleaseStep, signal: AbortSignal): Promise<StepReport> {
  const { helm, owner } = run;
  if (!helm) throw new FlotillaError("helm-missing", "This plan needs helm.");
  const { release: name, namespace, revision } = step;
  const since = new Date().toISOString();
  const intent: ReleaseIntent = { action: "uninstall", owner, fromRevision: revision, since };
  await Promise.all([run.record.announce(name, namespace, intent, signal), run.beforeEffect(signal)]);
  const appliedMs = await uninstallAndWait(run, helm, step, revision ?? 0, signal);
  await run.record.forget(name, namespace, signal);
  return { revision: null, appliedMs };
}
