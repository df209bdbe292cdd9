/** Istio proxies of one workload that are of another version than their control plane. */
export interface OutdatedProxies {
  readonly namespace: string;
  /** What makes the pods: `Deployment`, `StatefulSet`, `DaemonSet`; `Pod` for pods that nobody makes anew. */
  readonly kind: string;
  readonly name: string;
  /** How many pods. */
  readonly pods: number;
  /** Of the proxies, such as `1.30.5`. */
  readonly version: string;
  /** Of their istiod. */
  readonly controlPlane: string;
}

/** The command that makes the pods anew, and their proxies with them. */
export function restartCommand({ namespace, kind, name }: OutdatedProxies): string {
  return kind === "Pod"
    ? `kubectl -n ${namespace} delete pod ${name}`
    : `kubectl -n ${namespace} rollout restart ${kind.toLowerCase()} ${name}`;
}
