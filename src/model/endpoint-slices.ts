import { asList, asObject } from "./json.ts";
import type { KubeObject } from "./kube-object.ts";

/** Label of an EndpointSlice that names its Service (discovery.k8s.io/v1). */
const SERVICE_LABEL = "kubernetes.io/service-name";

/** Whether an endpoint of a Service takes requests. Without `ready` it is unknown, which the API says to take as true. */
export function hasReadyEndpoint(slices: readonly KubeObject[], namespace: string, service: string): boolean {
  return slices
    .filter(({ metadata }) => metadata.namespace === namespace && metadata.labels?.[SERVICE_LABEL] === service)
    .flatMap((slice) => asList(slice["endpoints"]))
    .some((endpoint) => asObject(asObject(endpoint)["conditions"])["ready"] !== false);
}
