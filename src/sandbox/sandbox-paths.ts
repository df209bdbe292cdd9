import { join } from "node:path";
import { stateDirectory } from "../runtime/directories.ts";
import { checkSandboxName } from "./sandbox-name.ts";

/** The name that kwokctl knows the cluster by, inside the sandbox's own kwok folder. */
export const KWOK_CLUSTER = "cluster";

/** Where a sandbox's files are. All of them but the lock lie in `directory`, so that removing it leaves nothing. */
export interface SandboxPaths {
  /** The sandbox's own. */
  readonly name: string;
  readonly directory: string;
  /** Held by whoever changes the sandbox. */
  readonly lock: string;
  /** The {@link SandboxRecord}. */
  readonly record: string;
  readonly kubeconfig: string;
  /** Which Istio charts the sandbox has settled on. */
  readonly charts: string;
  /** etcd's keys as they were when the cluster was new: what `reset` goes back to. */
  readonly baseline: string;
  /** What kwokctl is started with. */
  readonly configuration: string;
  /** `KWOK_WORKDIR`. */
  readonly kwok: string;
  /** kwokctl's folder of the cluster. */
  readonly cluster: string;
  /** The components' programs, as links; every process of the sandbox is started by a path below it. */
  readonly programs: string;
  readonly certificates: string;
  readonly data: string;
  readonly logs: string;
  /** A file per process that kwokctl started. */
  readonly pids: string;
}

/** The folder that holds a folder per sandbox. */
export function sandboxesDirectory(): string {
  return join(stateDirectory(), "sandboxes");
}

/**
 * The paths of a sandbox, whether it exists or not.
 * @throws FlotillaError `usage` for a name that cannot be one
 */
export function sandboxPaths(name: string): SandboxPaths {
  checkSandboxName(name);
  const directory = join(sandboxesDirectory(), name);
  const kwok = join(directory, "kwok");
  const cluster = join(kwok, "clusters", KWOK_CLUSTER);
  return {
    name,
    directory,
    lock: join(sandboxesDirectory(), `${name}.lock`),
    record: join(directory, "sandbox.json"),
    kubeconfig: join(directory, "kubeconfig"),
    charts: join(directory, "charts.json"),
    baseline: join(directory, "baseline.json"),
    configuration: join(directory, "kwok.yaml"),
    kwok,
    cluster,
    programs: join(cluster, "bin"),
    certificates: join(cluster, "pki"),
    data: join(cluster, "etcd"),
    logs: join(cluster, "logs"),
    pids: join(cluster, "pids"),
  };
}
