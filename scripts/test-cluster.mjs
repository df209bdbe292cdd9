// The cluster with real nodes that `npm run test:node` and the benchmark use: yours, or a real node on this machine.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bootRealNode, realNodeProblem } from "./real-node.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Finds or boots a cluster, and says in FLOTILLA_TEST_KUBECONFIG where it is. What it boots goes when this process ends.
 * @returns null when there is one; else why not and what to do, for people
 */
export async function openTestCluster() {
  const given = process.env.FLOTILLA_TEST_KUBECONFIG;
  if (given) {
    if (!existsSync(given)) return `FLOTILLA_TEST_KUBECONFIG: there is no file ${given}.`;
    process.env.FLOTILLA_TEST_KUBECONFIG = resolve(given);
    return null;
  }
  const folder = resolve(process.env.FLOTILLA_REALNODE || join(root, "..", "shared", "realnode"));
  const problem = realNodeProblem(folder);
  if (problem !== null) return withoutCluster(problem);
  const { kubeconfig, imageLayout } = await bootRealNode(folder, root);
  process.env.FLOTILLA_TEST_KUBECONFIG = kubeconfig;
  process.env.FLOTILLA_TEST_IMAGE_LAYOUT = imageLayout;
  // Its images have the tags of the charts that we pack.
  process.env.FLOTILLA_TEST_ISTIO_CHARTS = "packed";
  return null;
}

function withoutCluster(problem) {
  return `These tests need a cluster whose pods really run, and ${problem}.
Give them one that has nothing of yours in it, with load balancers (see CONTRIBUTING.md):
  minikube start && minikube tunnel &            # or kind with cloud-provider-kind
  FLOTILLA_TEST_KUBECONFIG=~/.kube/config npm run test:node
or name the folder of the real node's scripts in FLOTILLA_REALNODE (Linux, as root).`;
}
