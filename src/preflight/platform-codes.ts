import type { FindingCodeInfo } from "./finding-code-info.ts";

/** Findings about platforms and what they bring: load balancers, volumes, quotas. Listed with the others in finding-codes.ts. */
export const PLATFORM_CODES = {
  "load-balancer-controller-missing": {
    severity: "warning",
    up: true,
    when: "EKS: a gateway asks the AWS Load Balancer Controller for its load balancer, and it is not there",
    remedy: "install the controller, or take the cluster's own by `loadBalancerClass`",
  },
  "load-balancer-type-changes": {
    severity: "error",
    up: true,
    when: "a gateway's Service that lives would get a load balancer of another type: two controllers would fight over it",
    remedy: "uninstall the gateway first (its address changes), or keep the type",
  },
  "load-balancer-provider-missing": {
    severity: "warning",
    up: true,
    when: "Minikube, kind: nothing in the cluster gives load balancers an address",
    remedy: "`minikube tunnel`, cloud-provider-kind or MetalLB",
  },
  "metallb-unconfigured": {
    severity: "warning",
    up: true,
    when: "MetalLB is there, and has no addresses to give",
    remedy: "add an IPAddressPool and an L2Advertisement",
  },
  "ports-held": {
    severity: "warning",
    up: true,
    when: "k3s: another Service, Traefik's mostly, holds a port of the nodes that a gateway wants",
    remedy: "disable Traefik, or give the gateway other ports",
  },
  "subnet-permission": {
    severity: "info",
    up: false,
    when: "AKS: a gateway names a subnet for its internal load balancer",
    remedy: "the cluster's identity needs the role Network Contributor on it",
  },
  "csi-driver-missing": {
    severity: "warning",
    up: false,
    when: "EKS: charts claim volumes, and the EBS CSI driver is not there",
    remedy: "install the add-on aws-ebs-csi-driver",
  },
  "critical-pods-quota": {
    severity: "warning",
    up: true,
    when: "GKE: node agents of Istio's outside of kube-system have no ResourceQuota for critical pods",
    remedy: "set `global.platform: gke` for them",
  },
  "openshift-platform": {
    severity: "warning",
    up: true,
    when: "OpenShift: a chart of Istio's is not told so",
    remedy: "set `global.platform: openshift`, as the profile openshift does",
  },
  "openshift-user": {
    severity: "warning",
    up: false,
    when: "OpenShift: pods ask for a fixed user, which its default security context constraint refuses",
    remedy: "leave the user to the platform, or allow the constraint nonroot-v2",
  },
  "proxies-outdated": {
    severity: "warning",
    up: false,
    when: "proxies are of another version than their istiod",
    remedy: "restart the workloads; gateways of the stack with `flotilla up --restart-gateways`",
  },
} as const satisfies Readonly<Record<string, FindingCodeInfo>>;
