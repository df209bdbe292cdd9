import { arch } from "node:os";

/** The simulated nodes. */
export const NODE_NAMES = ["sandbox-node-1", "sandbox-node-2", "sandbox-node-3"] as const;

/** How many nodes every sandbox has. */
export const NODE_COUNT = NODE_NAMES.length;

/** An object that is made when a sandbox is new, and the collection it goes into. */
export interface BaseObject {
  readonly collection: string;
  readonly object: object;
}

/**
 * What a new sandbox is given beside what Kubernetes itself makes: nodes and the default StorageClass.
 * @param kubernetesVersion with the leading `v`: the nodes' kubelets claim to be of the same version
 */
export function baseObjects(kubernetesVersion: string): BaseObject[] {
  const nodes = NODE_NAMES.map((name, index) => ({
    collection: "/api/v1/nodes",
    object: node(name, index, kubernetesVersion),
  }));
  return [...nodes, { collection: "/apis/storage.k8s.io/v1/storageclasses", object: storageClass() }];
}

/** Sized like a real machine, so that pods which ask for too much stay unscheduled here as well. */
function node(name: string, index: number, kubernetesVersion: string): object {
  const size = { cpu: "16", memory: "64Gi", "ephemeral-storage": "100Gi", pods: "250" };
  const architecture = arch() === "x64" ? "amd64" : arch();
  const zone = `sandbox-${"abc"[index]}`;
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      annotations: { "kwok.x-k8s.io/node": "fake" },
      labels: {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": architecture,
        "topology.kubernetes.io/region": "sandbox",
        "topology.kubernetes.io/zone": zone,
      },
    },
    status: {
      addresses: [
        { type: "InternalIP", address: `10.98.0.${index + 1}` },
        { type: "Hostname", address: name },
      ],
      capacity: size,
      allocatable: size,
      nodeInfo: {
        architecture,
        operatingSystem: "linux",
        kubeletVersion: kubernetesVersion,
        containerRuntimeVersion: "kwok://simulated",
        kernelVersion: "simulated",
        osImage: "flotilla sandbox",
        kubeProxyVersion: "",
        bootID: "",
        machineID: "",
        systemUUID: "",
      },
    },
  };
}

/** Its provisioner is a stage: assets/sandbox/volumes.yaml. */
function storageClass(): object {
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    provisioner: "sandbox.flotilla.dev/volumes",
    reclaimPolicy: "Delete",
    volumeBindingMode: "Immediate",
  };
}
