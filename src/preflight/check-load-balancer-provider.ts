import type { Finding } from "../model/finding.ts";
import { asList, asObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { clusterPlatform } from "./cluster-platform.ts";
import { type Facts, valueOf } from "./facts.ts";
import { finding } from "./finding-codes.ts";
import { gatewayServices } from "./gateway-services.ts";
import { inWords } from "./in-words.ts";

/** Platforms that give load balancers no address by themselves, and what does it there. */
const PROVIDERS: ReadonlyMap<string | null, string> = new Map([
  [
    "minikube",
    "Run `minikube tunnel` in a terminal of its own, or install MetalLB (its chart, or `minikube addons enable metallb` and its addresses).",
  ],
  ["kind", "Run cloud-provider-kind beside the cluster, or install MetalLB with addresses of kind's network."],
]);

/** Where nothing gives load balancers their addresses by itself: does something else? */
export function checkLoadBalancerProvider(facts: Facts): readonly Finding[] {
  const { stack, controllers, loadBalancers, addressPools } = facts;
  const wanted = gatewayServices(stack);
  const [there, services] = [valueOf(controllers), valueOf(loadBalancers)];
  if (wanted.length === 0 || there === null || services === null) return [];
  // A Service that has an address proves that somebody gives them.
  if (services.some(hasAddress)) return [];
  const names = inWords(wanted.map(({ release }) => release));
  if (there.some(isMetallb)) {
    if (valueOf(addressPools)?.length !== 0) return [];
    return [
      finding(
        "metallb-unconfigured",
        `MetalLB is in the cluster, but has no addresses to give: the Service of ${names} would never get one.`,
        "Add an IPAddressPool and an L2Advertisement (metallb.universe.tf, Configuration).",
      ),
    ];
  }
  const hint = PROVIDERS.get(clusterPlatform(facts));
  if (hint === undefined) return [];
  return [
    finding(
      "load-balancer-provider-missing",
      `Nothing in the cluster gives load balancers an address, and ${names} waits for one.`,
      hint,
    ),
  ];
}

function hasAddress({ status }: KubeObject): boolean {
  return asList(asObject(status?.["loadBalancer"])["ingress"]).length > 0;
}

/** By the labels of its chart, and of its older manifests. */
function isMetallb({ metadata: { labels } }: KubeObject): boolean {
  return labels?.["app.kubernetes.io/name"] === "metallb" || labels?.["app"] === "metallb";
}
