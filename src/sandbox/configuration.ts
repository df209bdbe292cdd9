import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { packageRoot } from "../runtime/directories.ts";
import type { SandboxPorts } from "./ports.ts";

/** The programs of a sandbox's components: absolute paths. */
export interface SandboxTools {
  readonly etcd: string;
  readonly "kube-apiserver": string;
  readonly "kube-controller-manager": string;
  readonly "kube-scheduler": string;
  readonly kwok: string;
  readonly kwokctl: string;
}

/** Addresses that Services get; the load balancer's (assets/sandbox/services.yaml) and the pods' lie beside it. */
const SERVICE_RANGE = "10.96.0.0/16";
const POD_RANGE = "10.244.0.1/16";

/**
 * The file for `kwokctl create cluster --config`: the cluster's options and every stage. kwok adds none of
 * its default stages to a configuration that holds one, so the stages of `assets/sandbox` are all there are.
 */
export async function kwokConfiguration(tools: SandboxTools, ports: SandboxPorts): Promise<string> {
  const options = stringify(clusterOptions(tools, ports));
  return [options, ...(await stageFiles())].join("---\n");
}

async function stageFiles(): Promise<string[]> {
  const folder = join(packageRoot(), "assets", "sandbox");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".yaml")).sort();
  return Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
}

/** https://kwok.sigs.k8s.io/docs/generated/apis/#config.kwok.x-k8s.io/v1alpha1.KwokctlConfigurationOptions */
function clusterOptions(tools: SandboxTools, ports: SandboxPorts): object {
  return {
    apiVersion: "config.kwok.x-k8s.io/v1alpha1",
    kind: "KwokctlConfiguration",
    options: {
      runtime: "binary",
      // kwokctl's default is every address of the machine.
      bindAddress: "127.0.0.1",
      etcdBinary: tools.etcd,
      kubeApiserverBinary: tools["kube-apiserver"],
      kubeControllerManagerBinary: tools["kube-controller-manager"],
      kubeSchedulerBinary: tools["kube-scheduler"],
      kwokControllerBinary: tools.kwok,
      kubeApiserverPort: ports.apiServer,
      etcdPort: ports.etcd,
      etcdPeerPort: ports.etcdPeer,
      kubeControllerManagerPort: ports.controllerManager,
      kubeSchedulerPort: ports.scheduler,
      kwokControllerPort: ports.kwok,
      disableQPSLimits: true,
    },
    componentsPatches: [
      // `reset` is one transaction (reset-sandbox.ts); a disk's own pace is no part of a rehearsal.
      { name: "etcd", extraArgs: [argument("max-txn-ops", "100000"), argument("unsafe-no-fsync", "true")] },
      { name: "kube-apiserver", extraArgs: [argument("service-cluster-ip-range", SERVICE_RANGE)] },
      // There is just one of each: after a crash nobody has to wait for the last one's lease to run out.
      { name: "kube-controller-manager", extraArgs: [argument("leader-elect", "false")] },
      { name: "kube-scheduler", extraArgs: [argument("leader-elect", "false")] },
      {
        name: "kwok-controller",
        extraArgs: [
          argument("cidr", POD_RANGE),
          // Without leases: after a crash kwok would leave the nodes alone until the leases of its last life run out.
          { ...argument("node-lease-duration-seconds", "0"), override: true },
        ],
      },
    ],
  };
}

function argument(key: string, value: string): object {
  return { key, value };
}
