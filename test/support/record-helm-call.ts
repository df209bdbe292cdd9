import { spawnSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { clusterApi, type KubeJson } from "./cluster-api.ts";

/** The body of the wrapper around helm: looks at the cluster, writes down, runs the real helm, writes down. */
export async function recordHelm(options: { realHelm: string; kubeconfig: string; log: string }): Promise<void> {
  const args = process.argv.slice(2);
  const note = (entry: object): void =>
    appendFileSync(options.log, `${JSON.stringify({ pid: process.pid, ...entry })}\n`);
  const before = await moment(options.kubeconfig);
  note({ args, startedAt: Date.now(), before });
  const { status } = spawnSync(options.realHelm, args, { stdio: "inherit" });
  note({ endedAt: Date.now() });
  process.exit(status ?? 1);
}

async function moment(kubeconfig: string): Promise<object> {
  const api = await clusterApi(kubeconfig);
  const items = async (path: string): Promise<readonly KubeJson[]> => (await api.get(path))?.["items"] ?? [];
  const name = ({ metadata }: KubeJson): string => `${metadata.namespace}/${metadata.name}`;
  const [crds, deployments, services] = await Promise.all([
    items("/apis/apiextensions.k8s.io/v1/customresourcedefinitions"),
    items("/apis/apps/v1/deployments"),
    items("/api/v1/services"),
  ]);
  api.close();
  const isEstablished = ({ status }: KubeJson): boolean =>
    (status?.conditions ?? []).some((each: KubeJson) => each["type"] === "Established" && each["status"] === "True");
  return {
    crds: crds.length,
    establishedCrds: crds.filter(isEstablished).length,
    available: deployments.filter(({ spec, status }) => status?.availableReplicas >= (spec.replicas ?? 1)).map(name),
    addresses: services.filter(({ status }) => (status?.loadBalancer?.ingress ?? []).length > 0).map(name),
  };
}
