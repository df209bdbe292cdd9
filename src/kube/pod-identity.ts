import { homedir } from "node:os";
import { join } from "node:path";
import { pathExists } from "../runtime/files.ts";

/** Where a pod finds its own identity (Kubernetes: "Accessing the Kubernetes API from a Pod"). */
const POD_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/** The context's name when the pod's own identity is used. */
export const IN_CLUSTER = "in-cluster";

/** True in a pod that has a service account's token, unless `KUBECONFIG` means another cluster. */
export async function hasPodIdentity(tokenFile = POD_TOKEN): Promise<boolean> {
  const { KUBECONFIG, KUBERNETES_SERVICE_HOST } = process.env;
  return !KUBECONFIG && Boolean(KUBERNETES_SERVICE_HOST) && pathExists(tokenFile);
}

/**
 * Whether a target that names no context means the pod that we run in: there is no kubeconfig that could mean anything
 * else.
 */
export async function meansPodIdentity(kubeconfig: string | null, tokenFile = POD_TOKEN): Promise<boolean> {
  if (kubeconfig !== null || !(await hasPodIdentity(tokenFile))) return false;
  return !(await pathExists(join(homedir(), ".kube", "config")));
}
