import type { Helm } from "../helm/helm.ts";
import { observeReleases } from "../helm/release-records.ts";
import { rollbackRelease } from "../helm/rollback-release.ts";
import type { ReleaseStep } from "../model/plan.ts";
import { isPending, recoveryOf } from "../model/recovery.ts";
import type { RunState } from "./run-state.ts";
import { uninstallAndWait } from "./uninstall-and-wait.ts";

/** Puts right what a dead run of ours left in the middle, as {@link recoveryOf} says. Takes its own slot for helm. */
export async function recoverRelease(run: RunState, helm: Helm, step: ReleaseStep, signal: AbortSignal): Promise<void> {
  const { items } = await run.client.list(
    { apiVersion: "v1", kind: "Secret" },
    step.namespace,
    { labelSelector: `owner=helm,name=${step.release}`, metadataOnly: true },
    signal,
  );
  const observed = observeReleases(items).find(({ name }) => name === step.release);
  if (!observed || !isPending(observed)) return;
  const recovery = recoveryOf(observed);
  if (recovery.action === "uninstall") {
    await uninstallAndWait(run, helm, step, observed.revision, signal);
    return;
  }
  const { release: name, namespace } = step;
  const request = { name, namespace, revision: recovery.revision, timeoutMs: 300_000 };
  await run.slots.use(() => rollbackRelease(helm, run.helmTarget, request, signal), signal);
}
