import type { Facts } from "../../src/preflight/facts.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import type { Release, Stack } from "../../src/model/stack.ts";
import type { CheckCase } from "./check-cases.ts";
import { cluster, facts, istioRelease, MESH, meshWith, object } from "./samples.ts";

const AWS_TYPE = "service.beta.kubernetes.io/aws-load-balancer-type";
const SUBNET = "service.beta.kubernetes.io/azure-load-balancer-internal-subnet";

/** The mesh on a platform, with these values of its gateway; the cluster shows nothing of itself. */
function on(
  profile: string,
  change: Partial<Facts> = {},
  values: Release["values"] = {},
  more: readonly Release[] = [],
): Facts {
  const gateway = istioRelease("istio-ingress-gateway", "ingress", { namespace: "ingress", injected: true, values });
  const mesh = meshWith(gateway, ...more);
  const stack: Stack = {
    ...mesh,
    releases: [...mesh.releases, ...more.filter(({ name }) => !mesh.releases.some((each) => each.name === name))],
    environment: { ...MESH.environment, profile },
  };
  return facts({ stack, cluster: cluster("v1.33.0"), ...change });
}

const annotated = (key: string, value: string): Release["values"] => ({ service: { annotations: { [key]: value } } });
const controller = (name: string, key = "app.kubernetes.io/name"): Facts["controllers"] => ({
  value: [object("Deployment", { name, namespace: "kube-system", labels: { [key]: name } })],
});
const NOBODY: Partial<Facts> = {
  controllers: { value: [] },
  loadBalancers: { value: [] },
  addressPools: { value: [] },
};

function balancer(
  name: string,
  namespace: string,
  change: { annotations?: Record<string, string>; ports?: readonly number[]; address?: string } = {},
) {
  const { annotations = {}, ports = [80], address } = change;
  return object(
    "Service",
    { name, namespace, annotations },
    {
      spec: { type: "LoadBalancer", ports: ports.map((port) => ({ port })) },
      ...(address !== undefined && { status: { loadBalancer: { ingress: [{ ip: address }] } } }),
    },
  );
}

const claim: Facts["rendered"] = {
  value: [{ release: "app", objects: { value: [object("PersistentVolumeClaim", { name: "data" }, { spec: {} })] } }],
};

const proxyPod = (name: string, image: string, owner: object | null = null): ReturnType<typeof object> =>
  object(
    "Pod",
    {
      name,
      namespace: "shop",
      labels: { "pod-template-hash": "5c7" },
      ...(owner !== null && { ownerReferences: [{ controller: true, ...owner }] }),
    },
    {
      spec: {
        containers: [
          { name: "app", image: "app:9.9.9" },
          { name: "istio-proxy", image },
        ],
      },
    },
  );

const leaving = (pod: KubeObject): KubeObject => ({
  ...pod,
  metadata: { ...pod.metadata, deletionTimestamp: "2026-11-01T12:00:00Z" },
});

const istiodOf = (image: string): Facts["istiods"] => ({
  value: [
    object(
      "Deployment",
      {
        name: "istiod",
        namespace: "istio-system",
        annotations: { "meta.helm.sh/release-name": "istiod", "meta.helm.sh/release-namespace": "istio-system" },
      },
      { spec: { template: { spec: { containers: [{ name: "discovery", image }] } } } },
    ),
  ],
});

const fixedUser = (kind: string, name: string, securityContext: object): ReturnType<typeof object> =>
  object(kind, { name }, { spec: { template: { spec: { securityContext, containers: [{ name: "a" }] } } } });

/** What platforms have to bring, each with what a clean cluster of the right kind has. */
export const PLATFORM_CASES: readonly CheckCase[] = [
  {
    name: "EKS without its load balancer controller",
    facts: on("eks", NOBODY, annotated(AWS_TYPE, "external")),
    found: [["load-balancer-controller-missing", "ingress asks it for a load balancer"]],
  },
  {
    name: "EKS with its load balancer controller",
    facts: on(
      "eks",
      { ...NOBODY, controllers: controller("aws-load-balancer-controller") },
      annotated(AWS_TYPE, "external"),
    ),
    found: [],
  },
  {
    name: "EKS in Auto Mode, and a gateway that takes its load balancers",
    facts: on("eks", NOBODY, { service: { loadBalancerClass: "eks.amazonaws.com/nlb" } }),
    found: [],
  },
  {
    name: "EKS without a driver for its volumes",
    facts: on("eks", { rendered: claim, csiDrivers: { value: [] } }),
    found: [["csi-driver-missing", "data of app"]],
  },
  {
    name: "EKS with a driver for its volumes",
    facts: on("eks", { rendered: claim, csiDrivers: { value: [object("CSIDriver", { name: "ebs.csi.aws.com" })] } }),
    found: [],
  },
  {
    name: "a Service that lives, whose load balancer would be of another type",
    facts: on(
      "eks",
      {
        controllers: controller("aws-load-balancer-controller"),
        loadBalancers: { value: [balancer("ingress", "ingress", { annotations: { [AWS_TYPE]: "nlb" } })] },
      },
      annotated(AWS_TYPE, "external"),
    ),
    found: [["load-balancer-type-changes", `${AWS_TYPE} from nlb to external`]],
  },
  {
    name: "a Service that lives, of another class",
    facts: on(
      "aks",
      { loadBalancers: { value: [balancer("ingress", "ingress")] } },
      { service: { loadBalancerClass: "x" } },
    ),
    found: [["load-balancer-type-changes", "loadBalancerClass from nothing to x"]],
  },
  {
    name: "a Service that lives and stays as it is",
    facts: on(
      "eks",
      { loadBalancers: { value: [balancer("ingress", "ingress", { annotations: { [AWS_TYPE]: "external" } })] } },
      annotated(AWS_TYPE, "external"),
    ),
    found: [],
  },
  {
    name: "AKS with a subnet for the internal load balancer",
    facts: on("aks", {}, annotated(SUBNET, "apps")),
    found: [["subnet-permission", "in the subnet apps"]],
  },
  { name: "AKS without one", facts: on("aks", NOBODY), found: [] },
  {
    name: "Minikube where nothing gives addresses",
    facts: on("minikube", NOBODY),
    found: [["load-balancer-provider-missing", "→Run `minikube tunnel`"]],
  },
  {
    name: "kind where nothing gives addresses",
    facts: on("kind", NOBODY),
    found: [["load-balancer-provider-missing", "→Run cloud-provider-kind"]],
  },
  {
    name: "Minikube whose tunnel has given an address to somebody",
    facts: on("minikube", { ...NOBODY, loadBalancers: { value: [balancer("x", "y", { address: "10.0.0.1" })] } }),
    found: [],
  },
  {
    name: "MetalLB without addresses, by its chart and by its older manifests",
    facts: on("kind", { ...NOBODY, controllers: controller("metallb", "app") }),
    found: [["metallb-unconfigured", "ingress"]],
  },
  {
    name: "MetalLB with addresses",
    facts: on("kind", {
      ...NOBODY,
      controllers: controller("metallb"),
      addressPools: { value: [object("IPAddressPool", { name: "pool" })] },
    }),
    found: [],
  },
  { name: "a cloud, which gives addresses by itself", facts: on("gke", NOBODY), found: [] },
  {
    name: "k3s whose Traefik holds 80 and 443",
    facts: on("k3s", { loadBalancers: { value: [balancer("traefik", "kube-system", { ports: [80, 443] })] } }),
    found: [["ports-held", "Service kube-system/traefik holds 80 and 443 on the nodes"]],
  },
  {
    name: "k3s without Traefik, and with the gateway itself",
    facts: on("k3s", { loadBalancers: { value: [balancer("ingress", "ingress", { ports: [80, 443] })] } }),
    found: [],
  },
  {
    name: "k3s and other ports",
    facts: on(
      "k3s",
      { loadBalancers: { value: [balancer("traefik", "kube-system", { ports: [80] })] } },
      { service: { ports: [{ name: "dicom", port: 11112 }] } },
    ),
    found: [],
  },
  {
    name: "GKE without a quota for critical pods",
    facts: on("gke", { quotas: { value: [] } }, {}, [istioRelease("istio-cni", "istio-cni")]),
    found: [["critical-pods-quota", "istio-cni are of class system-node-critical"]],
  },
  {
    name: "GKE, told so",
    facts: on("gke", { quotas: { value: [] } }, {}, [
      istioRelease("istio-cni", "istio-cni", { values: { global: { platform: "gke" } } }),
    ]),
    found: [],
  },
  {
    name: "GKE with a quota for critical pods",
    facts: on(
      "gke",
      {
        quotas: {
          value: [
            object(
              "ResourceQuota",
              { name: "critical", namespace: "istio-system" },
              {
                spec: {
                  scopeSelector: {
                    matchExpressions: [
                      { operator: "In", scopeName: "PriorityClass", values: ["system-node-critical"] },
                    ],
                  },
                },
              },
            ),
          ],
        },
      },
      {},
      [istioRelease("ztunnel", "ztunnel")],
    ),
    found: [],
  },
  {
    name: "OpenShift, and charts that do not know it",
    facts: on("openshift", {}, { global: { platform: "openshift" } }),
    found: [["openshift-platform", "the charts of istio-base and istiod are not told"]],
  },
  {
    name: "OpenShift, and pods that ask for a user",
    facts: on(
      "openshift",
      {
        rendered: {
          value: [
            {
              release: "app",
              objects: {
                value: [
                  fixedUser("Deployment", "web", { runAsUser: 999 }),
                  fixedUser("StatefulSet", "db", { fsGroup: 999 }),
                  fixedUser("Deployment", "free", { runAsUser: null, runAsNonRoot: true }),
                ],
              },
            },
          ],
        },
      },
      { global: { platform: "openshift" } },
      ["istio-base", "istiod"].map((name) =>
        istioRelease(name === "istiod" ? "istiod" : "istio-base", name, {
          values: { global: { platform: "openshift" } },
        }),
      ),
    ),
    found: [["openshift-user", "Deployment web of app and StatefulSet db of app."]],
  },
  {
    name: "proxies of another version than their istiod",
    facts: facts({
      istiods: istiodOf("docker.io/istio/pilot:1.31.1-distroless"),
      pods: {
        value: [
          proxyPod("web-5c7-a", "docker.io/istio/proxyv2:1.30.5", { kind: "ReplicaSet", name: "web-5c7" }),
          proxyPod("web-5c7-b", "docker.io/istio/proxyv2:1.30.5", { kind: "ReplicaSet", name: "web-5c7" }),
          proxyPod("db-0", "docker.io/istio/proxyv2:1.30.5@sha256:0", { kind: "StatefulSet", name: "db" }),
          proxyPod("new", "docker.io/istio/proxyv2:1.31.1"),
          leaving(proxyPod("old", "docker.io/istio/proxyv2:1.30.5")),
          proxyPod("odd", "docker.io/istio/proxyv2:latest"),
        ],
      },
    }),
    found: [
      [
        "proxies-outdated",
        "Deployment shop/web (1.30.5, istiod 1.31.1) and StatefulSet shop/db (1.30.5, istiod 1.31.1).",
      ],
    ],
  },
  {
    name: "the commands that restart them",
    facts: facts({
      istiods: istiodOf("docker.io/istio/pilot:1.31.1"),
      pods: {
        value: [proxyPod("web-5c7-a", "docker.io/istio/proxyv2:1.30.5", { kind: "ReplicaSet", name: "web-5c7" })],
      },
    }),
    found: [["proxies-outdated", "→kubectl -n shop rollout restart deployment web."]],
  },
  {
    name: "what runs with images from a place that Istio takes away",
    facts: facts({
      pods: {
        value: [proxyPod("web-5c7-a", "gcr.io/istio-release/proxyv2:1.29.1", { kind: "ReplicaSet", name: "web-5c7" })],
      },
    }),
    found: [["istio-images-retired", "Images of Deployment shop/web come from gcr.io/istio-release"]],
  },
];
