import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { kwokConfiguration } from "../../src/sandbox/configuration.ts";

const TOOLS = {
  etcd: "/tools/etcd",
  "kube-apiserver": "/tools/kube-apiserver",
  "kube-controller-manager": "/tools/kube-controller-manager",
  "kube-scheduler": "/tools/kube-scheduler",
  kwok: "/tools/kwok",
  kwokctl: "/tools/kwokctl",
};
const PORTS = { apiServer: 1, etcd: 2, etcdPeer: 3, controllerManager: 4, scheduler: 5, kwok: 6 };

interface Document {
  readonly kind: string;
  readonly metadata?: { readonly name: string };
  readonly options?: Record<string, unknown>;
  readonly spec?: {
    readonly resourceRef: { readonly kind: string };
    readonly selector: { readonly matchExpressions: readonly object[] };
  };
}

async function documents(): Promise<Document[]> {
  const parsed = parseAllDocuments(await kwokConfiguration(TOOLS, PORTS));
  return parsed.map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Document;
  });
}

test("every server is bound to loopback, on the ports that were allocated", async () => {
  const [cluster] = await documents();
  expect(cluster?.options).toMatchObject({
    bindAddress: "127.0.0.1",
    kubeApiserverPort: 1,
    etcdPort: 2,
    etcdPeerPort: 3,
    kubeControllerManagerPort: 4,
    kubeSchedulerPort: 5,
    kwokControllerPort: 6,
  });
});

test("the stages that kwok leaves out when there are any are all there: nodes, their heartbeat, pods", async () => {
  const stages = (await documents()).filter((document) => document.kind === "Stage");
  const names = stages.map((stage) => stage.metadata?.name);
  expect(names).toEqual(
    expect.arrayContaining(["node-initialize", "node-heartbeat", "pod-start", "pod-complete", "pod-delete"]),
  );
  expect(new Set(names).size).toBe(names.length);
  // A stage without a selector matches nothing; one with an empty selector everything, again and again.
  for (const stage of stages) expect(stage.spec?.selector.matchExpressions.length).toBeGreaterThan(0);
});
