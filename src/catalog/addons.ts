import type { JsonObject } from "../model/json.ts";
import type { ChartReference, ReleaseRole } from "../model/stack.ts";

/** What flotilla knows of an add-on of clusters, whoever installed it. */
export interface Addon {
  readonly role: "cert-manager" | "metallb";
  /** As people write it. */
  readonly title: string;
  /** Name of its Helm chart. */
  readonly chart: string;
  /** Values below the profile's and the stack's own. */
  readonly defaults: JsonObject;
  /** A CustomResourceDefinition that is there where it can be used. */
  readonly crd: string;
  /** Group of the objects that its validating webhook looks at, and that configuration's usual name. */
  readonly api: "cert-manager.io" | "metallb.io";
  readonly webhook: string;
  /** Label selectors of its controller's Deployment: by its chart, and by its plain manifests. */
  readonly deployments: readonly string[];
  /** How people without Helm may have installed it, and how that is taken away again. */
  readonly removal: string;
}

/**
 * cert-manager's chart leaves out its CRDs unless it is told (`crds.enabled`, since 1.15), and waits for its webhook by a
 * hook after installation (`startupapicheck`): a gate does that here, for those alone that need it.
 */
const CERT_MANAGER: Addon = {
  role: "cert-manager",
  title: "cert-manager",
  chart: "cert-manager",
  defaults: { crds: { enabled: true }, startupapicheck: { enabled: false } },
  crd: "certificates.cert-manager.io",
  api: "cert-manager.io",
  webhook: "cert-manager-webhook",
  deployments: ["app.kubernetes.io/name=cert-manager,app.kubernetes.io/component=controller"],
  removal: "bring it to version 1.0 or newer",
};

/** Since 0.13 it is set up by custom resources; before (Minikube's own add-on) by a ConfigMap. */
export const METALLB: Addon = {
  role: "metallb",
  title: "MetalLB",
  chart: "metallb",
  defaults: {},
  crd: "ipaddresspools.metallb.io",
  api: "metallb.io",
  webhook: "metallb-webhook-configuration",
  deployments: [
    "app.kubernetes.io/name=metallb,app.kubernetes.io/component=controller",
    "app=metallb,component=controller",
  ],
  removal: "take it away (minikube addons disable metallb)",
};

const ADDONS: readonly Addon[] = [CERT_MANAGER, METALLB];

/** The add-on of a release's role; null for other releases. */
export function addonOf(role: ReleaseRole | null): Addon | null {
  return ADDONS.find((addon) => addon.role === role) ?? null;
}

/** The add-on whose chart it is, by the chart's name; null for other charts. */
export function addonOfChart(chart: ChartReference): Addon | null {
  switch (chart.type) {
    case "repository":
      return addonNamed(chart.name);
    case "oci":
      return addonNamed(chart.url);
    case "folder":
    case "archive":
      return addonNamed(chart.path);
    case "manifests":
      return null;
  }
}

/** The same by a chart's name, URL or path alone: `metallb`, `oci://host/charts/metallb@sha256:…`, `./metallb-0.16.2.tgz`. */
export function addonNamed(place: string): Addon | null {
  const last = place.replace(/@sha256:.*$/, "").replace(/^.*[\\/]/, "");
  const name = last.replace(/-v?\d+\..*$/, "");
  return ADDONS.find(({ chart }) => chart === name) ?? null;
}
