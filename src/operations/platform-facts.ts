import type { KubeClient } from "../kube/kube-client.ts";
import type { Release } from "../model/stack.ts";
import type { Facts } from "../preflight/facts.ts";
import { findOut } from "./find-out.ts";
import {
  listAddressPools,
  listBalancerControllers,
  listCsiDrivers,
  listLoadBalancers,
  listQuotas,
  listStorageClasses,
} from "./list-facts.ts";

/** What platforms have to give to gateways and node agents; nothing is asked where some releases are none of these. */
export async function balancerFacts(
  client: KubeClient,
  releases: readonly Release[],
  signal: AbortSignal,
): Promise<Pick<Facts, "loadBalancers" | "controllers" | "addressPools" | "quotas">> {
  const gateways = releases.some(({ role }) => role?.endsWith("-gateway"));
  const agents = releases.some(({ role }) => role === "istio-cni" || role === "ztunnel");
  const [loadBalancers, controllers, addressPools, quotas] = await Promise.all([
    gateways ? findOut(listLoadBalancers(client, signal)) : null,
    gateways ? findOut(listBalancerControllers(client, signal)) : null,
    gateways ? findOut(listAddressPools(client, signal)) : null,
    agents ? findOut(listQuotas(client, releases, signal)) : null,
  ]);
  return { loadBalancers, controllers, addressPools, quotas };
}

/** What volumes are made by. */
export async function storageFacts(
  client: KubeClient,
  signal: AbortSignal,
): Promise<Pick<Facts, "storageClasses" | "csiDrivers">> {
  const [storageClasses, csiDrivers] = await Promise.all([
    findOut(listStorageClasses(client, signal)),
    findOut(listCsiDrivers(client, signal)),
  ]);
  return { storageClasses, csiDrivers };
}
