import { asList, asObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { Readiness } from "../model/readiness.ts";
import { type ClusterView, INGRESS } from "./cluster-view.ts";
import { textIn } from "./fields.ts";
import { ready, waiting } from "./verdict.ts";

/**
 * An Ingress is ready when it has an address. That is waited for only where it is known to come: where another Ingress of
 * its class in its namespace has one. Nothing in the API says that a controller serves a class, and several never write
 * an address (Traefik without `publishedService`, host ports), so that a stricter rule would hang. kstatus and helm do
 * not look at addresses at all.
 */
export function ingressReadiness(ingress: KubeObject, view: ClusterView): Readiness {
  if (hasAddress(ingress)) return ready();
  const { name, namespace = null } = ingress.metadata;
  const siblings = view.list(INGRESS, namespace) ?? [];
  const served = siblings.some(
    (other) => other.metadata.name !== name && classOf(other) === classOf(ingress) && hasAddress(other),
  );
  return served ? waiting(`address of ingress ${name}`) : ready("it has no address, and none of its class has one");
}

function hasAddress({ status }: KubeObject): boolean {
  return asList(asObject(status?.["loadBalancer"])["ingress"])
    .map(asObject)
    .some((address) => textIn(address, "ip") !== "" || textIn(address, "hostname") !== "");
}

/** The annotation is how classes were named before Kubernetes 1.18; controllers still take it. */
function classOf({ spec, metadata }: KubeObject): string {
  return textIn(spec, "ingressClassName") || (metadata.annotations?.["kubernetes.io/ingress.class"] ?? "");
}
