/** Which cluster is meant, as the user named it. */
export interface ClusterTarget {
  /** Path of a kubeconfig; null for KUBECONFIG, else `~/.kube/config`, else the identity of the pod we run in. */
  readonly kubeconfig: string | null;
  /** Name of a context; null for the kubeconfig's current one. */
  readonly context: string | null;
}
