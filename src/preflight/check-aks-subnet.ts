import type { Finding } from "../model/finding.ts";
import { clusterPlatform } from "./cluster-platform.ts";
import type { Facts } from "./facts.ts";
import { finding } from "./finding-codes.ts";
import { gatewayServices } from "./gateway-services.ts";

/** learn.microsoft.com, "Use an internal load balancer with AKS". */
const SUBNET = "service.beta.kubernetes.io/azure-load-balancer-internal-subnet";

/** Does a gateway on AKS name a subnet? Whether the cluster may use it stands outside of the cluster. */
export function checkAksSubnet(facts: Facts): readonly Finding[] {
  if (clusterPlatform(facts) !== "aks") return [];
  return gatewayServices(facts.stack).flatMap(({ release, annotations }) => {
    const subnet = annotations[SUBNET];
    if (subnet === undefined) return [];
    return [
      finding(
        "subnet-permission",
        `${release} wants its load balancer in the subnet ${subnet}: the cluster's identity must be allowed to join it, else the Service never gets an address.`,
        "az role assignment create --assignee IDENTITY --role 'Network Contributor' --scope SUBNET-ID",
      ),
    ];
  });
}
