import type { Helm } from "../helm/helm.ts";
import { observeReleases } from "../helm/release-records.ts";
import { rollbackRelease } from "../helm/rollback-release.ts";
import type { ReleaseStep } from "../model/plan.ts";
import { isPending, recoveryOf } from "../model/recovery.ts";
import type { RunState } from "./run-state.ts";
import { uninstallAndWait } from "./uninstall-and-wait.ts";

/**
 * Puts right what a dead run left in the middle, as {@link recoveryOf} says. Takes its own slot for helm.
 * @returns true when objects are in it that flotilla has not made
 */
export async function recoverRelease(
  run: RunState,
  helm: Helm,
  step: ReleaseStep,
  signal: AbortSignal,
): Promise<boolean> {
  const { items } = await run.client.list(
    { apiVersion: "v1", kind: "Secret" },
    step.namespace,
    { labelSelector: `owner=helm,name=${step.release}`, metadataOnly: true },
    signal,
  );
  const observed = observeReleases(items).find(({ name }) => name === step.release);
  if (!observed) return false;
  const adopted = observed.adopted || observed.stack !== run.stack;
  if (!isPending(observed)) return adopted;
  const recovery = recoveryOf(observed, run.stack);
  if (recovery.action === "uninstall") {
    await uninstallAndWait(run, helm, step, observed.revision, signal);
    return false;
  }
  const { release: name, namespace } = step;
  const request = { name, namespace, revision: recovery.revision, timeoutMs: 300_000, force: adopted };
  await run.slots.use(() => rollbackRelease(helm, run.helmTarget, request, signal), signal);
  return adopted;
}
