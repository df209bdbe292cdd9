import type { JsonObject } from "../model/json.ts";
import type { ReleaseRole } from "../model/stack.ts";
import { type GatewaySettings, ISTIO_BASE, ISTIO_CNI, ISTIOD, type IstioSettings, ZTUNNEL } from "./istio-settings.ts";
import { componentGlobals, gatewayPullSecrets, istiodDefaults } from "./istio-values.ts";

/** A release that the catalog brings. */
export interface CatalogRelease {
  readonly name: string;
  readonly namespace: string;
  readonly role: ReleaseRole;
  /** Name of the chart in Istio's chart source. */
  readonly chart: "base" | "istiod" | "cni" | "ztunnel" | "gateway";
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
 * Istio as Helm releases, in order: base before istiod before cni before ztunnel before every gateway (istio.io, "Install
 * with Helm", for sidecar and for ambient mode).
 */
export function istioReleases(settings: IstioSettings): CatalogRelease[] {
  const ambient = settings.mode === "ambient";
  const releases = [baseRelease(settings), istiodRelease(settings)];
  if (ambient || settings.cni) releases.push(cniRelease(settings));
  if (ambient) releases.push(ztunnelRelease(settings));
  // Each of them needs the one before.
  const last = releases.at(-1)?.name ?? ISTIOD;
  const needs = last === ISTIOD ? [ISTIOD] : [ISTIOD, last];
  return [...releases, ...settings.gateways.map((gateway) => gatewayRelease(gateway, needs, settings))];
}

const NO_PODS = { injected: false, defaults: {} } as const;

function baseRelease(settings: IstioSettings): CatalogRelease {
  return {
    ...NO_PODS,
    name: ISTIO_BASE,
    namespace: settings.namespace,
    role: "istio-base",
    chart: "base",
    needs: [],
    settings: componentGlobals(settings, ["istioNamespace", "imagePullSecrets"]),
  };
}

function istiodRelease(settings: IstioSettings): CatalogRelease {
  return {
    ...NO_PODS,
    name: ISTIOD,
    namespace: settings.namespace,
    role: "istiod",
    chart: "istiod",
    needs: [ISTIO_BASE],
    defaults: istiodDefaults(settings),
    // It also hands the hub to the proxies that it injects.
    settings: componentGlobals(settings, ["istioNamespace", "hub", "imagePullSecrets"]),
  };
}

function cniRelease(settings: IstioSettings): CatalogRelease {
  return {
    ...NO_PODS,
    name: ISTIO_CNI,
    namespace: settings.nodeAgentNamespace,
    role: "istio-cni",
    chart: "cni",
    needs: [ISTIOD],
    defaults: settings.mode === "ambient" ? { profile: "ambient" } : {},
    settings: componentGlobals(settings, ["hub", "imagePullSecrets"]),
  };
}

/** The chart lays `global` flat over its own values (ztunnel/templates/zzz_profile.yaml). */
function ztunnelRelease(settings: IstioSettings): CatalogRelease {
  return {
    ...NO_PODS,
    name: ZTUNNEL,
    namespace: settings.nodeAgentNamespace,
    role: "ztunnel",
    chart: "ztunnel",
    needs: [ISTIOD, ISTIO_CNI],
    settings: componentGlobals(settings, ["istioNamespace", "hub", "imagePullSecrets"]),
  };
}

function gatewayRelease(gateway: GatewaySettings, needs: readonly string[], settings: IstioSettings): CatalogRelease {
  return {
    name: gateway.name,
    namespace: gateway.namespace,
    role: gateway.role === "ingress" ? "istio-ingress-gateway" : "istio-egress-gateway",
    chart: "gateway",
    needs,
    injected: true,
    defaults: { service: { type: gateway.role === "ingress" ? "LoadBalancer" : "ClusterIP" } },
    settings: gatewayPullSecrets(settings),
  };
}
