import type { KubeObject } from "../model/kube-object.ts";
import type { Readiness } from "../model/readiness.ts";
import { currentCondition, wordsOf } from "./fields.ts";
import { ready, waiting } from "./verdict.ts";

/**
 * A Gateway of the Gateway API is ready when its configuration has reached the data plane (`Programmed`) for the newest
 * spec. Source: gateway-api.sigs.k8s.io, "Gateway status", GEP-1364.
 */
export function gatewayReadiness(gateway: KubeObject): Readiness {
  const programmed = currentCondition(gateway, "Programmed");
  if (programmed?.status === "True") return ready();
  const accepted = currentCondition(gateway, "Accepted");
  // What was not accepted is not programmed either, and the first says why.
  const words = accepted?.status === "False" ? wordsOf(accepted) : wordsOf(programmed);
  return waiting(`gateway ${gateway.metadata.name} to be programmed`, words);
}

/**
 * A GatewayClass is ready when a controller has taken it on (`Accepted`). Source: gateway-api.sigs.k8s.io, "GatewayClass
 * status".
 */
export function gatewayClassReadiness(gatewayClass: KubeObject): Readiness {
  const accepted = currentCondition(gatewayClass, "Accepted");
  return accepted?.status === "True"
    ? ready()
    : waiting(`gateway class ${gatewayClass.metadata.name} to be accepted`, wordsOf(accepted));
}
