/** Names of the releases that an `istio` section can bring besides its gateways, as Istio's own guide calls them. */
export const ISTIO_BASE = "istio-base";
export const ISTIOD = "istiod";
export const ISTIO_CNI = "istio-cni";
export const ZTUNNEL = "ztunnel";

/** The namespace that Istio's charts assume when they are told nothing. */
export const ISTIO_NAMESPACE = "istio-system";

/** What a gateway is for. */
export type GatewayRole = "ingress" | "egress";

/** A gateway of the stack. */
export interface GatewaySettings {
  readonly name: string;
  readonly role: GatewayRole;
  readonly namespace: string;
}

/** What a stack file says about Istio, as far as it decides the charts' values. */
export interface IstioSettings {
  readonly mode: "sidecar" | "ambient";
  /** Whether the cni chart is installed; ambient mode always has it. */
  readonly cni: boolean;
  readonly namespace: string;
  /** Where cni and ztunnel go. */
  readonly nodeAgentNamespace: string;
  /** Registry of the images, without a tag; null leaves it to the charts. */
  readonly hub: string | null;
  /** Names of pull secrets that stand in Istio's namespaces. */
  readonly imagePullSecrets: readonly string[];
  readonly gateways: readonly GatewaySettings[];
}
