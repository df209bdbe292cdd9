import { observeReleases } from "../helm/release-records.ts";
import { rollbackRelease } from "../helm/rollback-release.ts";
import { clusterScopeWith } from "../manifest/cluster-scope.ts";
import { parseManifest } from "../manifest/parse-manifest.ts";
import { FlotillaError } from "../model/errors.ts";
import type { ObservedRelease, ReleaseIntent } from "../model/observed.ts";
import type { ReleaseStep } from "../model/plan.ts";
import type { WaitOptions } from "../model/stack.ts";
import { readinessTargets } from "../readiness/targets.ts";
import { awaitRelease } from "./await-release.ts";
import { readStoredRelease } from "./release-manifest.ts";
import { restartWorkloads } from "./restart-workloads.ts";
import type { RunState, StepReport, StepState } from "./run-state.ts";

/** Helm's word for hooks that run after a rollback (helm.sh, "Chart Hooks"). */
const POST_ROLLBACK = "post-rollback";

/** Takes a release back to an older revision, which Helm applies as a new one, and makes its pods anew where the step says so. */
export async function rollbackStep(run: StepState, step: ReleaseStep, signal: AbortSignal): Promise<StepReport> {
  const { helm, owner } = run;
  const { release: name, namespace, rollback } = step;
  if (!helm || !rollback) throw new FlotillaError("internal", `There is nothing to roll ${name} back with.`);
  const wanted = await readStoredRelease(run.client, { name, namespace, revision: rollback.revision }, signal);
  if (wanted === null) {
    throw new FlotillaError("plan-stale", `Revision ${rollback.revision} of release ${name} is gone.`, {
      hint: "Helm has pruned it. Put the stack file back and run `flotilla up`.",
    });
  }
  const objects = parseManifest(wanted.manifest);
  const targets = readinessTargets(objects, namespace, clusterScopeWith(objects));
  const restart = rollback.restart ? await restartWorkloads(run, targets, signal) : null;
  const intent: ReleaseIntent = {
    action: "upgrade",
    owner,
    fromRevision: step.revision,
    since: new Date().toISOString(),
  };
  await run.slots.use(async () => {
    await Promise.all([run.record.announce(name, namespace, intent, signal), run.beforeEffect(signal)]);
    const timeoutMs = run.remainingMs();
    const hookWait = wanted.hooks.some((hook) => hook.includes(POST_ROLLBACK));
    // Istiod has changed its webhooks since they were first installed: on the server's side that is a conflict.
    const force = wanted.applyMethod === "ssa";
    await rollbackRelease(
      helm,
      run.helmTarget,
      { name, namespace, revision: rollback.revision, timeoutMs, hookWait, force },
      signal,
    );
  }, signal);
  const { revision, inputsHash } = await newestRevision(run, step, signal);
  await run.record.settle(name, { namespace, revision, inputsHash, targets }, owner.run, signal);
  const appliedMs = run.elapsed();
  run.context.emit({ type: "release-applied", step: step.id, release: name, action: step.action, revision });
  await restart?.();
  const since = performance.now();
  run.effects.lastAt = since;
  const wait: WaitOptions = { enabled: true, timeoutMs: run.remainingMs(), engine: "watch", for: [] };
  // What is made anew behind the gate is what is injected.
  const release = { name, namespace, wait, injected: rollback.restart };
  await awaitRelease(run, { step, release, targets, since }, signal);
  return { revision, appliedMs };
}

/** Helm prints nothing of what a rollback made; its own record does. */
async function newestRevision(
  run: RunState,
  { release, namespace }: ReleaseStep,
  signal: AbortSignal,
): Promise<ObservedRelease> {
  const { items } = await run.client.list(
    { apiVersion: "v1", kind: "Secret" },
    namespace,
    { labelSelector: `owner=helm,name=${release}`, metadataOnly: true },
    signal,
  );
  const observed = observeReleases(items).find(({ name }) => name === release);
  if (observed) return observed;
  throw new FlotillaError("plan-stale", `Release ${release} in namespace ${namespace} is gone.`, {
    hint: "Somebody else changes this release at the same time. Run the command again.",
  });
}
