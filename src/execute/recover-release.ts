import type { Helm } from "../helm/helm.ts";
import { observeReleases } from "../helm/release-records.ts";
import { rollbackRelease } from "../helm/rollback-release.ts";
import { uninstallRelease } from "../helm/uninstall-release.ts";
import type { ReleaseStep } from "../model/plan.ts";
import type { RunState } from "./run-state.ts";

/**
 * Puts right what a dead run of ours left in the middle: Helm refuses to upgrade a release that is `pending-*`. Back to
 * the last revision that was deployed; a first install, which has none, is uninstalled.
 */
export async function recoverRelease(run: RunState, helm: Helm, step: ReleaseStep, signal: AbortSignal): Promise<void> {
  const { items } = await run.client.list(
    { apiVersion: "v1", kind: "Secret" },
    step.namespace,
    { labelSelector: `owner=helm,name=${step.release}`, metadataOnly: true },
    signal,
  );
  const observed = observeReleases(items).find(({ name }) => name === step.release);
  if (!observed) return;
  const target = { name: step.release, namespace: step.namespace, timeoutMs: 300_000 };
  if (observed.deployedRevision === null || observed.status === "uninstalling") {
    await uninstallRelease(helm, run.helmTarget, target, signal);
  } else {
    await rollbackRelease(helm, run.helmTarget, { ...target, revision: observed.deployedRevision }, signal);
  }
}
