import type { KubeClient } from "../kube/kube-client.ts";
import { asList, asObject, asText } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { Address, AddressPort } from "../model/result.ts";

/** Helm writes down on every object whose it is (helm.sh/helm pkg/action/validate.go). */
const RELEASE_NAME = "meta.helm.sh/release-name";

/** Where the load balancers of some releases can be reached, in the order of the releases. */
export async function readAddresses(
  client: KubeClient,
  releases: readonly { readonly name: string; readonly namespace: string }[],
  signal: AbortSignal,
): Promise<readonly Address[]> {
  const namespaces = [...new Set(releases.map(({ namespace }) => namespace))];
  const lists = await Promise.all(
    namespaces.map((namespace) => client.list({ apiVersion: "v1", kind: "Service" }, namespace, {}, signal)),
  );
  const services = lists.flatMap(({ items }) => items).filter((service) => service.spec?.["type"] === "LoadBalancer");
  return releases.flatMap(({ name, namespace }) =>
    services
      .filter(({ metadata }) => metadata.namespace === namespace && metadata.annotations?.[RELEASE_NAME] === name)
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
