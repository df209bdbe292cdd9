import type { Finding } from "../model/finding.ts";
import { asText } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { type Facts, valueOf } from "./facts.ts";
import { finding } from "./finding-codes.ts";
import { type GatewayService, gatewayServices } from "./gateway-services.ts";

/**
 * Annotations that say which controller makes a load balancer, or of which kind: on a Service that lives they must not
 * change (kubernetes-sigs.github.io/aws-load-balancer-controller, "Service annotations"; cloud.google.com, "LoadBalancer
 * Service parameters").
 */
const TYPES: readonly string[] = [
  "service.beta.kubernetes.io/aws-load-balancer-type",
  "networking.gke.io/load-balancer-type",
];

/** Would a gateway's Service that lives get a load balancer of another type? */
export function checkLoadBalancerType({ stack, loadBalancers }: Facts): readonly Finding[] {
  return gatewayServices(stack).flatMap((wanted) => {
    const live = (valueOf(loadBalancers) ?? []).find(
      ({ metadata }) => metadata.name === wanted.name && metadata.namespace === wanted.namespace,
    );
    return live === undefined ? [] : changes(wanted, live).map((change) => refusal(wanted, change));
  });
}

function changes(
  { annotations, loadBalancerClass }: GatewayService,
  { metadata, spec }: KubeObject,
): readonly string[] {
  const byAnnotation = TYPES.flatMap((key) => {
    const [now, then] = [metadata.annotations?.[key], annotations[key]];
    return now === then ? [] : [`${key} from ${now ?? "nothing"} to ${then ?? "nothing"}`];
  });
  const now = asText(spec?.["loadBalancerClass"]);
  const byClass =
    now === loadBalancerClass
      ? []
      : [`loadBalancerClass from ${now ?? "nothing"} to ${loadBalancerClass ?? "nothing"}`];
  // Whoever names no class may get one from the cluster's own admission.
  return [...byAnnotation, ...(loadBalancerClass === null ? [] : byClass)];
}

function refusal({ release, namespace, name }: GatewayService, change: string): Finding {
  return finding(
    "load-balancer-type-changes",
    `The load balancer of ${release} (Service ${namespace}/${name}) would change its type: ${change}. The old one would stay behind, and two controllers fight over the Service.`,
    "Keep the type as it is; or take the gateway away first (`flotilla down`, or helm uninstall): it then gets another address.",
  );
}
