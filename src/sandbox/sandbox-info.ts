/**
 * How a sandbox stands. `running`: every process is alive and the API server answers. `stopped`: it was up once and has
 * no process left, as after a reboot; its data is there. `broken`: anything between, such as a process that died or a
 * start that never ended. `absent`: there is none.
 */
export type SandboxState = "running" | "stopped" | "broken" | "absent";

/** What is known of a sandbox. */
export interface SandboxInfo {
  readonly name: string;
  readonly state: SandboxState;
  /** Absolute path of its kubeconfig, also while it is absent. */
  readonly kubeconfig: string;
  /** The context in that kubeconfig. */
  readonly context: string;
  /** URL of its API server; null unless the sandbox has ever been up. */
  readonly server: string | null;
  /** With the leading `v`; null unless the sandbox has ever been up. */
  readonly kubernetesVersion: string | null;
  /** How many simulated nodes are in the cluster; 0 when it does not run. */
  readonly nodes: number;
  /** What is wrong, a sentence each; empty for `running` and `absent`. */
  readonly problems: readonly string[];
  /** When its processes were last started, ISO 8601; null unless the sandbox has ever been up. */
  readonly startedAt: string | null;
}
