import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { packIstioCharts } from "../../src/sandbox/istio-packing.ts";
import { runHelm } from "../charts-rendered/render-chart.ts";
import type { KubeJson } from "./cluster-api.ts";
import { quietContext, type TestSandbox } from "./test-sandbox.ts";
import { until } from "./until.ts";

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** The namespaces that the dicom chart goes into. Pods of the first must meet the restricted Pod Security Standard. */
export async function prepareNamespaces({ api }: TestSandbox): Promise<void> {
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  await api.send("POST", "/api/v1/namespaces", { metadata: { name: "dicom", labels } });
  await api.send("POST", "/api/v1/namespaces", { metadata: { name: "istio-ingress", labels } });
}

/** Istio's real CRDs, established: its API's schemas check what charts bring. */
export async function installIstioCrds({ api }: TestSandbox): Promise<void> {
  const chart = join(await packIstioCharts(quietContext()), "base-1.31.1.tgz");
  const { stdout } = await runHelm("helm4", ["template", "istio-base", chart]);
  const objects = parseAllDocuments(stdout).map((document) => document.toJS() as KubeJson | null);
  const crds = objects.flatMap((object) => (object?.["kind"] === "CustomResourceDefinition" ? [object] : []));
  await Promise.all(crds.map((crd) => api.send("POST", CRDS, crd)));
  await untilServed({ api }, crds);
}

/** Stand-ins for CRDs whose chart is not at hand: they take any object of the kinds. */
export async function defineKinds({ api }: TestSandbox, group: string, kinds: Record<string, string>): Promise<void> {
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  const crds = Object.entries(kinds).map(([kind, plural]) => ({
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: { kind, plural },
      scope: "Namespaced",
      versions: [{ name: "v1", served: true, storage: true, schema }],
    },
  }));
  await Promise.all(crds.map((crd) => api.send("POST", CRDS, crd)));
  await untilServed({ api }, crds);
}

async function untilServed({ api }: Pick<TestSandbox, "api">, crds: readonly KubeJson[]): Promise<void> {
  const names = new Set(crds.map(({ metadata }) => metadata.name as string));
  const served = await until(async () => {
    const { items } = (await api.get(CRDS)) as KubeJson;
    const established = (items as KubeJson[]).filter(
      ({ metadata, status }) =>
        names.has(metadata.name as string) &&
        status?.conditions?.some((each: KubeJson) => each["type"] === "Established" && each["status"] === "True"),
    );
    return established.length === names.size;
  }, 30_000);
  if (!served) throw new Error(`not all of the CRDs ${[...names].join(", ")} are established`);
}
