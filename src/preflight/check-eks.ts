import type { Finding } from "../model/finding.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { claimsOf } from "./check-storage.ts";
import { clusterPlatform } from "./cluster-platform.ts";
import { type Facts, valueOf } from "./facts.ts";
import { finding } from "./finding-codes.ts";
import { type GatewayService, gatewayServices } from "./gateway-services.ts";
import { fewInWords, inWords } from "./in-words.ts";

/** Which controller makes a load balancer (kubernetes-sigs.github.io/aws-load-balancer-controller, "NLB"). */
const TYPE = "service.beta.kubernetes.io/aws-load-balancer-type";
const CONTROLLER_CLASS = "service.k8s.aws/nlb";

/** In Auto Mode AWS itself runs load balancers and volumes (docs.aws.amazon.com, "EKS Auto Mode"). */
const COMPUTE_TYPE = "eks.amazonaws.com/compute-type";

/** Drivers of EBS volumes: the add-on, and Auto Mode's own. */
const EBS_DRIVERS: readonly string[] = ["ebs.csi.aws.com", "ebs.csi.eks.amazonaws.com"];

/** Is there on EKS what AWS leaves to the user: the load balancer controller, and the driver of its volumes? */
export function checkEks(facts: Facts): readonly Finding[] {
  if (clusterPlatform(facts) !== "eks") return [];
  return [...missingController(facts), ...missingDriver(facts)];
}

function missingController({ stack, controllers, nodes }: Facts): readonly Finding[] {
  const there = valueOf(controllers);
  const asking = gatewayServices(stack).filter(asksController);
  if (there === null || asking.length === 0 || there.some(isController) || isAuto(valueOf(nodes))) return [];
  return [
    finding(
      "load-balancer-controller-missing",
      `The AWS Load Balancer Controller is not in the cluster, and ${inWords(asking.map(({ release }) => release))} asks it for a load balancer: its Service would never get an address.`,
      "Install the chart aws-load-balancer-controller into kube-system, with its IAM role; in Auto Mode set `service.loadBalancerClass: eks.amazonaws.com/nlb`.",
    ),
  ];
}

function asksController({ annotations, loadBalancerClass }: GatewayService): boolean {
  if (loadBalancerClass !== null) return loadBalancerClass === CONTROLLER_CLASS;
  return ["external", "nlb-ip"].includes(annotations[TYPE] ?? "");
}

function isController({ metadata }: KubeObject): boolean {
  return metadata.labels?.["app.kubernetes.io/name"] === "aws-load-balancer-controller";
}

function isAuto(nodes: readonly KubeObject[] | null): boolean {
  return (nodes ?? []).some(({ metadata }) => metadata.labels?.[COMPUTE_TYPE] === "auto");
}

function missingDriver({ rendered, csiDrivers }: Facts): readonly Finding[] {
  const drivers = valueOf(csiDrivers);
  const claims = (valueOf(rendered) ?? []).flatMap(({ release, objects }) => claimsOf(release, valueOf(objects) ?? []));
  if (drivers === null || claims.length === 0) return [];
  if (drivers.some(({ metadata }) => EBS_DRIVERS.includes(metadata.name))) return [];
  const names = claims.map(({ release, name }) => `${name} of ${release}`);
  return [
    finding(
      "csi-driver-missing",
      `The EBS CSI driver is not in the cluster: volume claims would never be bound (${fewInWords(names)}).`,
      "Install the EKS add-on aws-ebs-csi-driver, with its IAM role, and a StorageClass for it.",
    ),
  ];
}
