import type { Helm, HelmTarget } from "./helm.ts";
import { helmDuration, runHelm } from "./run-helm.ts";

/** A release to be removed. */
export interface UninstallRequest {
  readonly name: string;
  readonly namespace: string;
  /** Milliseconds that each of the release's delete hooks may take. */
  readonly timeoutMs: number;
}

/**
 * Uninstalls a release with its history. Returns when deletion is asked for, not when the objects are gone; those with
 * `helm.sh/resource-policy: keep` stay. A release that is not there is fine.
 * @throws FlotillaError `helm-failed` (a HelmError), `cluster-unreachable`, `interrupted`
 */
export async function uninstallRelease(
  helm: Helm,
  target: HelmTarget,
  { name, namespace, timeoutMs }: UninstallRequest,
  signal: AbortSignal,
): Promise<void> {
  const args = ["uninstall", name, "--ignore-not-found", "--timeout", helmDuration(timeoutMs)];
  await runHelm(helm, { work: { verb: "uninstall", name, namespace }, args, target }, signal);
}
