import type { JsonObject } from "../model/json.ts";
import { isMapping } from "./mapping.ts";

/** A port that a stack file adds to a gateway. */
export interface GatewayPort {
  readonly name: string;
  readonly port: number;
}

/** What Istio's gateway chart opens by itself (`service.ports` in its values.yaml). */
export const CHART_PORTS: readonly GatewayPort[] = [
  { name: "status-port", port: 15021 },
  { name: "http2", port: 80 },
  { name: "https", port: 443 },
];

/**
 * The values that open `ports` beside those of the profile, or of the chart when the profile names none. Helm
 * replaces lists, so the whole list has to be written out. Empty when nothing is added.
 */
export function gatewayPortValues(profile: JsonObject, ports: readonly GatewayPort[]): JsonObject {
  if (ports.length === 0) return {};
  const service = profile["service"];
  const profilePorts = isMapping(service) ? service["ports"] : undefined;
  const base = Array.isArray(profilePorts) ? profilePorts : CHART_PORTS.map(servicePort);
  return { service: { ports: [...base, ...ports.map(servicePort)] } };
}

function servicePort({ name, port }: GatewayPort): JsonObject {
  return { name, port, protocol: "TCP", targetPort: port };
}
