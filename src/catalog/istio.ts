import type { JsonObject } from "../model/json.ts";
import type { ReleaseRole } from "../model/stack.ts";

/** Names of the releases that an `istio` section always brings. */
export const ISTIO_BASE = "istio-base";
export const ISTIOD = "istiod";

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
  readonly namespace: string;
  /** Registry of the images, without a tag; null leaves it to the charts. */
  readonly hub: string | null;
  /** Names of pull secrets that stand in Istio's namespaces. */
  readonly imagePullSecrets: readonly string[];
  readonly gateways: readonly GatewaySettings[];
}

/** A release that the catalog brings. */
export interface CatalogRelease {
  readonly name: string;
  readonly namespace: string;
  readonly role: ReleaseRole;
  /** Name of the chart in Istio's chart source. */
  readonly chart: "base" | "istiod" | "gateway";
  /** Releases that must be ready first. */
  readonly needs: readonly string[];
  /** True when its pods are completed by the injection webhook. */
  readonly injected: boolean;
  /** Values below the profile's: what the role means. */
  readonly defaults: JsonObject;
  /** Values above the profile's: what the stack file says outright. */
  readonly settings: JsonObject;
}

/**
 * Istio in sidecar mode as Helm releases: base before istiod before every gateway (istio.io, "Install with Helm").
 * In that order.
 */
export function istioReleases(settings: IstioSettings): CatalogRelease[] {
  const { namespace } = settings;
  const base: CatalogRelease = {
    name: ISTIO_BASE,
    namespace,
    role: "istio-base",
    chart: "base",
    needs: [],
    injected: false,
    defaults: {},
    settings: globals({ ...namespaceValue(settings), ...pullSecretsValue(settings) }),
  };
  const istiod: CatalogRelease = {
    ...base,
    name: ISTIOD,
    role: "istiod",
    chart: "istiod",
    needs: [ISTIO_BASE],
    settings: globals({
      ...namespaceValue(settings),
      // Of the three charts only istiod reads a hub; it also hands it to the proxies that it injects.
      ...(settings.hub === null ? {} : { hub: settings.hub }),
      ...pullSecretsValue(settings),
    }),
  };
  return [base, istiod, ...settings.gateways.map((gateway) => gatewayRelease(gateway, settings))];
}

function gatewayRelease(gateway: GatewaySettings, settings: IstioSettings): CatalogRelease {
  const secrets = settings.imagePullSecrets.map((name) => ({ name }));
  return {
    name: gateway.name,
    namespace: gateway.namespace,
    role: gateway.role === "ingress" ? "istio-ingress-gateway" : "istio-egress-gateway",
    chart: "gateway",
    needs: [ISTIOD],
    injected: true,
    defaults: { service: { type: gateway.role === "ingress" ? "LoadBalancer" : "ClusterIP" } },
    // The gateway chart reads no `global.imagePullSecrets` and wants objects, not names (its values.schema.json).
    settings: secrets.length === 0 ? {} : { imagePullSecrets: secrets },
  };
}

function namespaceValue({ namespace }: IstioSettings): JsonObject {
  return namespace === ISTIO_NAMESPACE ? {} : { istioNamespace: namespace };
}

function pullSecretsValue({ imagePullSecrets }: IstioSettings): JsonObject {
  return imagePullSecrets.length === 0 ? {} : { imagePullSecrets };
}

function globals(values: JsonObject): JsonObject {
  return Object.keys(values).length === 0 ? {} : { global: values };
}
