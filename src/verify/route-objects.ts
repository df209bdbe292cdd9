import type { KubeObject } from "../model/kube-object.ts";

/** What the cluster has on the way from an entrance to a backend. */
export interface RouteObjects {
  /** Namespace and labels of the entrance's pods; null when there are none. */
  readonly pods: { readonly namespace: string; readonly labels: { readonly [key: string]: string } } | null;
  /** The port of the pods that stands behind the entrance's port. */
  readonly podPort: number;
  /** Istio's Gateways and VirtualServices, in all namespaces; null when they may not be looked at, or there is no Istio. */
  readonly gateways: readonly KubeObject[] | null;
  readonly virtualServices: readonly KubeObject[] | null;
  /** Names of the Secrets in the pods' namespace; null when they may not be looked at. */
  readonly secrets: ReadonlySet<string> | null;
  /** Services and EndpointSlices of the release's namespace and those that routes lead to. */
  readonly services: readonly KubeObject[];
  readonly endpointSlices: readonly KubeObject[];
  /** Namespaces whose Services were looked at. */
  readonly lookedAt: ReadonlySet<string>;
}
