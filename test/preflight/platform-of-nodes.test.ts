import { expect, test } from "vitest";
import { platformOf } from "../../src/preflight/platform-of-nodes.ts";
import { object } from "./samples.ts";

interface Signs {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly providerID?: string;
  readonly kubeletVersion?: string;
}

const node = ({
  labels = {},
  annotations = {},
  providerID = "",
  kubeletVersion = "v1.34.1",
}: Signs): ReturnType<typeof object> =>
  object(
    "Node",
    { name: "n", labels, annotations },
    { spec: { providerID }, status: { nodeInfo: { kubeletVersion } } },
  );

const EC2 = "aws:///eu-central-1a/i-0123456789abcdef0";

test.for<readonly [string, readonly Signs[], string, string | null]>([
  ["minikube", [{ labels: { "minikube.k8s.io/name": "minikube" } }], "v1.34.1", "minikube"],
  ["kind", [{ providerID: "kind://docker/kind/kind-control-plane" }], "v1.34.1", "kind"],
  ["k3s, by its provider", [{ providerID: "k3s://server" }], "v1.34.1", "k3s"],
  [
    "k3s, by its version, on a cloud's machines",
    [{ providerID: EC2, kubeletVersion: "v1.34.1+k3s1" }],
    "v1.34.1+k3s1",
    "k3s",
  ],
  ["EKS, by its labels", [{ providerID: EC2, labels: { "eks.amazonaws.com/nodegroup": "a" } }], "v1.34.1", "eks"],
  ["EKS, by the server alone", [], "v1.34.1-eks-1a2b3c4", "eks"],
  ["AKS", [{ labels: { "kubernetes.azure.com/cluster": "MC_x" }, providerID: "azure:///x" }], "v1.34.1", "aks"],
  ["GKE, by its labels", [{ labels: { "cloud.google.com/gke-nodepool": "p" } }], "v1.34.1", "gke"],
  ["GKE, by its version", [{ kubeletVersion: "v1.34.1-gke.1002000" }], "v1.34.1-gke.1002000", "gke"],
  [
    "OpenShift on a cloud's machines",
    [{ labels: { "node.openshift.io/os_id": "rhcos" }, providerID: EC2 }],
    "v1.34.1",
    "openshift",
  ],
  ["the sandbox", [{ annotations: { "kwok.x-k8s.io/node": "fake" } }], "v1.36.3", "sandbox"],
  ["machines of a cloud, with a Kubernetes of one's own", [{ providerID: EC2 }], "v1.34.1", null],
  ["nodes that disagree", [{ providerID: "kind://x" }, { providerID: "k3s://y" }], "v1.34.1", null],
  ["nothing to go by", [{}], "v1.34.1", null],
])("%s", ([, nodes, version, platform]) => {
  expect(platformOf(version, nodes.map(node))).toBe(platform);
});
