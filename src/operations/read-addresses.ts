import type { KubeClient } from "../kube/kube-client.ts";
import type { WatchCache } from "../kube/watch-cache.ts";
import { helmOwner } from "../model/helm-owner.ts";
import { asList, asObject, asText } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { Address, AddressPort } from "../model/result.ts";

const SERVICE = { apiVersion: "v1", kind: "Service" } as const;

/** Gives the Services of a namespace. */
type ListServices = (namespace: string) => Promise<readonly KubeObject[]>;

/** Those that the cluster has now. */
export function servicesNow(client: KubeClient, signal: AbortSignal): ListServices {
  return async (namespace) => (await client.list(SERVICE, namespace, {}, signal)).items;
}

/** Those that a run has seen last: a release with a load balancer was waited for, so that they are known. */
export function servicesSeen(watch: WatchCache, signal: AbortSignal): ListServices {
  return async (namespace) => {
    await watch.look(SERVICE, namespace, signal);
    return watch.list(SERVICE, namespace);
  };
}

/** Where the load balancers of some releases can be reached, in the order of the releases. */
export async function readAddresses(
  list: ListServices,
  releases: readonly { readonly name: string; readonly namespace: string }[],
): Promise<readonly Address[]> {
  const namespaces = [...new Set(releases.map(({ namespace }) => namespace))];
  const lists = await Promise.all(namespaces.map(list));
  const services = lists.flat().filter((service) => service.spec?.["type"] === "LoadBalancer");
  return releases.flatMap(({ name, namespace }) =>
    services
      .filter(({ metadata }) => metadata.namespace === namespace && helmOwner(metadata)?.name === name)
      .flatMap((service) => addressesOf(name, service)),
  );
}

function addressesOf(release: string, service: KubeObject): readonly Address[] {
  const ports = asList(service.spec?.["ports"]).map(portOf);
  return asList(asObject(service.status?.["loadBalancer"])["ingress"]).flatMap((entry) => {
    const ingress = asObject(entry);
    const address = asText(ingress["ip"]) ?? asText(ingress["hostname"]);
    return address === null ? [] : [{ release, service: service.metadata.name, address, ports }];
  });
}

function portOf(value: unknown): AddressPort {
  const port = asObject(value);
  return { name: asText(port["name"]), port: Number(port["port"]) };
}
