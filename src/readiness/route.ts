import { asList, asObject, type JsonObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { Readiness } from "../model/readiness.ts";
import { currentCondition, textIn, wordsOf } from "./fields.ts";
import { ready, waiting } from "./verdict.ts";

/**
 * A route of the Gateway API (HTTPRoute, GRPCRoute, TLSRoute, TCPRoute, UDPRoute) is ready when each of its parents has
 * accepted it and found what it refers to (`Accepted`, `ResolvedRefs`), for the newest spec. Several controllers may
 * answer for one parent; none of them may object. Source: gateway-api.sigs.k8s.io, "RouteParentStatus".
 */
export function routeReadiness(route: KubeObject): Readiness {
  const answers = asList(route.status?.["parents"]).map(asObject);
  for (const parent of asList(route.spec?.["parentRefs"]).map(asObject)) {
    const given = answers.filter((answer) => isSameParent(parent, asObject(answer["parentRef"]), route));
    const awaiting = `${route.kind} ${route.metadata.name} at ${textIn(parent, "name")}`;
    if (given.length === 0) return waiting(awaiting, "no controller has looked at it yet");
    for (const answer of given) {
      for (const type of ["Accepted", "ResolvedRefs"]) {
        const condition = currentCondition(route, type, answer);
        if (condition?.status !== "True") return waiting(awaiting, wordsOf(condition));
      }
    }
  }
  return ready();
}

/** Two references to one parent; what a reference leaves out has a fixed meaning (Gateway API `ParentReference`). */
function isSameParent(wanted: JsonObject, answered: JsonObject, { metadata }: KubeObject): boolean {
  const namespace = metadata.namespace ?? "";
  const identity = (reference: JsonObject): string =>
    JSON.stringify([
      textIn(reference, "group") || "gateway.networking.k8s.io",
      textIn(reference, "kind") || "Gateway",
      textIn(reference, "namespace") || namespace,
      textIn(reference, "name"),
      textIn(reference, "sectionName"),
      reference["port"] ?? null,
    ]);
  return identity(wanted) === identity(answered);
}
