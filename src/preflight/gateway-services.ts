import { asList, asObject, asText } from "../model/json.ts";
import type { Stack } from "../model/stack.ts";

/** The load balancer that a gateway of the stack asks for, by its values (istio manifests/charts/gateway). */
export interface GatewayService {
  readonly release: string;
  readonly namespace: string;
  /** Of the Service: the gateway chart's `name`, else the release's. */
  readonly name: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** Null: the cluster's default. */
  readonly loadBalancerClass: string | null;
  readonly ports: readonly number[];
}

/** Ports that the gateway chart opens when the values name none. */
const CHART_PORTS: readonly number[] = [15021, 80, 443];

/** Every gateway of the stack that wants a load balancer. */
export function gatewayServices({ releases }: Stack): readonly GatewayService[] {
  const gateways = releases.filter(({ role }) => role?.endsWith("-gateway"));
  return gateways.flatMap(({ name, namespace, role, values }) => {
    const service = asObject(values["service"]);
    const type = asText(service["type"]) ?? (role === "istio-ingress-gateway" ? "LoadBalancer" : "ClusterIP");
    if (type !== "LoadBalancer") return [];
    const ports = asList(service["ports"]).map((port) => Number(asObject(port)["port"]));
    return [
      {
        release: name,
        namespace,
        name: asText(values["name"]) || name,
        annotations: Object.fromEntries(
          Object.entries(asObject(service["annotations"])).map(([key, value]) => [key, String(value)]),
        ),
        loadBalancerClass: asText(service["loadBalancerClass"]) || null,
        ports: ports.length > 0 ? ports : CHART_PORTS,
      },
    ];
  });
}
