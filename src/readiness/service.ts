import { asList, asObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { Readiness } from "../model/readiness.ts";
import { textIn } from "./fields.ts";
import { ready, waiting } from "./verdict.ts";

/**
 * A Service is ready when it is there; a load balancer when it has an address, IP or host name, or external addresses of
 * its own. Source: helm `serviceReady`; kstatus, and so Helm 4's `--wait`, is content with a cluster address.
 */
export function serviceReadiness(service: KubeObject): Readiness {
  if (textIn(service.spec, "type") !== "LoadBalancer") return ready();
  if (asList(service.spec?.["externalIPs"]).length > 0) return ready();
  const addresses = asList(asObject(service.status?.["loadBalancer"])["ingress"]).map(asObject);
  return addresses.some((address) => textIn(address, "ip") !== "" || textIn(address, "hostname") !== "")
    ? ready()
    : waiting(`address of load balancer ${service.metadata.name}`);
}
