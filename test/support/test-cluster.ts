import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { istioCharts } from "../../src/sandbox/istio-charts.ts";
import { packIstioCharts } from "../../src/sandbox/istio-packing.ts";
import { type ClusterApi, clusterApi, type KubeJson } from "./cluster-api.ts";
import { quietContext } from "./test-sandbox.ts";
import { until } from "./until.ts";

/** A cluster whose pods really run: the one of FLOTILLA_TEST_KUBECONFIG. */
export interface TestCluster {
  readonly api: ClusterApi;
  readonly kubeconfig: string;
  /** Name of the kubeconfig's current context. */
  readonly context: string;
  /** Flags by which a command means this cluster. */
  readonly flags: readonly string[];
  /** Folder or URL of Istio's charts, fitting the images that the cluster can pull. */
  readonly istioSource: string;
  /** Takes away all that tests may have left: the namespaces, and Istio's cluster-wide objects. */
  clean(...namespaces: readonly string[]): Promise<void>;
}

/** Cluster-wide kinds of which a stack with Istio leaves something behind, or a test that broke off. */
const CLUSTER_WIDE = [
  "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
  "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
  "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
  "/apis/rbac.authorization.k8s.io/v1/clusterroles",
  "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
] as const;

/** Namespaces that a stack with Istio makes. */
export const STACK_NAMESPACES = ["istio-system", "istio-ingress", "istio-egress", "dicom", "flotilla-system"] as const;

/** Opens the cluster; refuses one that has an Istio already, which the tests would take for theirs. */
export async function openTestCluster(): Promise<TestCluster> {
  const kubeconfig = process.env["FLOTILLA_TEST_KUBECONFIG"];
  if (!kubeconfig) throw new Error("FLOTILLA_TEST_KUBECONFIG is not set: run these tests with npm run test:node");
  const { "current-context": context } = parse(await readFile(kubeconfig, "utf8")) as { "current-context": string };
  const api = await clusterApi(kubeconfig);
  if ((await api.get("/api/v1/namespaces/istio-system")) !== null) {
    throw new Error(`${context} has a namespace istio-system already: give the tests a cluster without Istio`);
  }
  const packed = process.env["FLOTILLA_TEST_ISTIO_CHARTS"] === "packed";
  return {
    api,
    kubeconfig,
    context,
    flags: ["--kubeconfig", kubeconfig, "--context", context],
    istioSource: packed ? await packIstioCharts(quietContext()) : (await istioCharts(quietContext())).source,
    clean: (...namespaces) => clean(api, namespaces),
  };
}

/** Names of what is in the cluster as a whole, for a comparison before and after. */
export async function clusterWideNames(api: ClusterApi): Promise<readonly string[]> {
  const lists = await Promise.all(["/api/v1/namespaces", ...CLUSTER_WIDE].map((path) => names(api, path)));
  return lists.flat().toSorted();
}

async function names(api: ClusterApi, path: string): Promise<readonly string[]> {
  const list = (await api.get(path)) as KubeJson;
  return list["items"].map(({ metadata }: KubeJson) => `${path}/${metadata.name}`);
}

async function clean(api: ClusterApi, namespaces: readonly string[]): Promise<void> {
  const wide = (await Promise.all(CLUSTER_WIDE.map((path) => names(api, path)))).flat();
  // Webhooks first: one with nobody behind it would refuse what follows.
  const istio = wide.filter((path) => /istio/.test(path)).toSorted((left, right) => rank(left) - rank(right));
  for (const path of istio) await remove(api, path);
  for (const name of namespaces) await remove(api, `/api/v1/namespaces/${name}`);
  // Nobody is connected any more: proxies would take half a minute to drain.
  for (const name of namespaces) await api.send("DELETE", `/api/v1/namespaces/${name}/pods?gracePeriodSeconds=1`);
  const gone = async (): Promise<boolean> => {
    const left = await Promise.all(namespaces.map((name) => api.get(`/api/v1/namespaces/${name}`)));
    return left.every((namespace) => namespace === null);
  };
  if (!(await until(gone, 120_000))) throw new Error(`namespaces do not go: ${namespaces.join(", ")}`);
}

const rank = (path: string): number => (path.includes("webhookconfigurations") ? 0 : 1);

async function remove(api: ClusterApi, path: string): Promise<void> {
  if ((await api.get(path)) === null) return;
  await api.send("DELETE", path);
}
