import { runProcess } from "../runtime/process.ts";
import type { HelmWork } from "./failure.ts";
import type { Helm, HelmTarget } from "./helm.ts";
import { helmEnvironment } from "./helm-environment.ts";
import { helmFailure } from "./helm-error.ts";

/** One run of helm. */
export interface HelmRun {
  /** What helm is to do, for messages. */
  readonly work: HelmWork;
  readonly args: readonly string[];
  /** Null when helm needs no cluster. */
  readonly target: HelmTarget | null;
  /** For `--values -`. */
  readonly input?: string;
}

/**
 * Runs helm and returns what it prints.
 * @throws FlotillaError as {@link helmFailure} makes it; `interrupted` (or the signal's reason) on abort: helm then gets
 * a SIGTERM and ten seconds, in which an install or upgrade writes down that it failed instead of staying pending
 */
export async function runHelm(helm: Pick<Helm, "path">, run: HelmRun, signal: AbortSignal): Promise<string> {
  const args = [...run.args, "--namespace", run.work.namespace, ...targetFlags(run.target)];
  const { exitCode, stdout, stderr } = await runProcess(helm.path, args, {
    env: helmEnvironment({ usesPlugin: run.target?.usesPlugin ?? false }),
    signal,
    ...(run.input === undefined ? {} : { input: run.input }),
  });
  if (exitCode !== 0) throw helmFailure(stderr, run.work, exitCode);
  return stdout;
}

function targetFlags(target: HelmTarget | null): string[] {
  const flags: string[] = [];
  if (target?.kubeconfig) flags.push("--kubeconfig", target.kubeconfig);
  if (target?.context) flags.push("--kube-context", target.context);
  return flags;
}

/** A duration as helm's flags take it. */
export function helmDuration(milliseconds: number): string {
  return `${Math.max(1, Math.ceil(milliseconds))}ms`;
}

/**
 * The flags that make Helm wait for readiness itself. Helm 4's own watcher neither waits for load balancers nor always
 * notices in time (helm#31824, helm#32615), so both majors wait the same way: by asking every two seconds.
 */
export function waitFlags(helm: Helm): string[] {
  return helm.major === 3 ? ["--wait"] : ["--wait=legacy"];
}

/**
 * The flags that take fields away from whoever manages them. Only Helm 4 applies on the server's side, where another
 * manager's fields are conflicts (istio#59630); Helm 3 overwrites them as it is.
 */
export function forceFlags(helm: Helm): string[] {
  return helm.major === 3 ? [] : ["--server-side=true", "--force-conflicts"];
}
