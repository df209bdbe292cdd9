import { hasReadyEndpoint } from "../model/endpoint-slices.ts";
import { asList, asObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { hasLabels } from "../model/label-selector.ts";
import type { Readiness } from "../model/readiness.ts";
import { type ClusterView, ENDPOINT_SLICE, POD } from "./cluster-view.ts";
import { textIn } from "./fields.ts";
import { ready, waiting } from "./verdict.ts";

/**
 * A Service is ready when something answers behind it: a load balancer when it has an address, IP or host name, or
 * external addresses of its own; one with a selector when an endpoint of it is ready. Source: helm `serviceReady` for
 * load balancers; kstatus, and so Helm 4's `--wait`, is content with a cluster address. Neither asks for endpoints,
 * without which requests fail all the same. One whose selector fits no pod is ready with a reason: its pods may be
 * scaled to none, or be another release's. External names and headless Services are ready when they are there.
 */
export function serviceReadiness(service: KubeObject, view: ClusterView): Readiness {
  const type = textIn(service.spec, "type");
  if (type === "ExternalName") return ready();
  if (type === "LoadBalancer" && !hasAddress(service)) {
    return waiting(`load balancer of ${service.metadata.name}`);
  }
  return textIn(service.spec, "clusterIP") === "None" ? ready() : endpointReadiness(service, view);
}

function hasAddress({ spec, status }: KubeObject): boolean {
  if (asList(spec?.["externalIPs"]).length > 0) return true;
  const addresses = asList(asObject(status?.["loadBalancer"])["ingress"]).map(asObject);
  return addresses.some((address) => textIn(address, "ip") !== "" || textIn(address, "hostname") !== "");
}

function endpointReadiness({ metadata, spec }: KubeObject, view: ClusterView): Readiness {
  const { name, namespace = "" } = metadata;
  const selector = asObject(spec?.["selector"]);
  if (Object.keys(selector).length === 0) return ready();
  const slices = view.list(ENDPOINT_SLICE, namespace);
  if (slices === null || hasReadyEndpoint(slices, namespace, name)) return ready();
  const pods = view.list(POD, namespace);
  if (pods === null) return ready();
  const selected = pods.filter((pod) => hasLabels(pod.metadata.labels, selector));
  if (selected.some((pod) => textIn(pod.status, "phase") !== "Succeeded"))
    return waiting(`endpoints of service ${name}`);
  const labels = Object.entries(selector).map(([key, value]) => `${key}=${String(value)}`);
  return ready(`it selects no pod: none has the labels ${labels.join(", ")}`);
}
