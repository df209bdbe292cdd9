import type { Helm, HelmTarget } from "./helm.ts";
import { forceFlags, helmDuration, runHelm, waitFlags } from "./run-helm.ts";

/** A release and the revision to go back to. */
export interface RollbackRequest {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  /** Milliseconds that Helm may spend on hooks and, with `hookWait`, on readiness. */
  readonly timeoutMs: number;
  /** The revision has hooks that run after readiness, so Helm itself has to wait for it. */
  readonly hookWait?: boolean;
  /** Fields that other managers hold are taken from them. */
  readonly force?: boolean;
}

/**
 * Applies the manifest of an older revision as a new one (`helm rollback`), which has the older one's labels. Works on
 * releases that are pending, too.
 * @throws FlotillaError `helm-failed` (a HelmError), `cluster-unreachable`, `interrupted`
 */
export async function rollbackRelease(
  helm: Helm,
  target: HelmTarget,
  { name, namespace, revision, timeoutMs, hookWait = false, force = false }: RollbackRequest,
  signal: AbortSignal,
): Promise<void> {
  const timeout = ["--timeout", helmDuration(timeoutMs)];
  const args = [
    "rollback",
    name,
    String(revision),
    ...timeout,
    ...(hookWait ? waitFlags(helm) : []),
    ...(force ? forceFlags(helm) : []),
  ];
  await runHelm(helm, { work: { verb: "rollback", name, namespace }, args, target }, signal);
}
