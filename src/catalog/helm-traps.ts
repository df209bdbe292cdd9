import type { ReleaseRole } from "../model/stack.ts";

/** A Helm and a chart that do not go together, or not as people expect. All conditions must hold. */
export interface HelmTrap {
  /** Code of the finding. */
  readonly code: "helm-chart-schema" | "helm-load-balancer" | "helm-admissions-enforcer" | "helm-webhook-conflict";
  /** Semver range of Helm. */
  readonly helm: string;
  readonly roles: readonly ReleaseRole[];
  /** Semver range of the chart; null for every version. */
  readonly chart: string | null;
  /** Profiles that it happens on; null for all. */
  readonly profiles: readonly string[] | null;
  /** It does not happen where the release's values have this at a path; null when no value helps. */
  readonly unless: { readonly path: readonly string[]; readonly value: string } | null;
  /** What happens, a sentence that goes on after "Helm 4.3.1 and chart istiod 1.27.0:". */
  readonly message: string;
  readonly hint: string;
}

/** Known ones, each with where it is known from. */
export const HELM_TRAPS: readonly HelmTrap[] = [
  {
    // istio/istio#57354; seen with Helm 3.22.0 and 4.3.1 as well. Mended in the charts 1.26.4 and 1.28.0.
    code: "helm-chart-schema",
    helm: ">=3.18.5",
    roles: ["istio-ingress-gateway", "istio-egress-gateway"],
    chart: "<1.26.4 || >=1.27.0-0 <1.28.0-0",
    profiles: null,
    unless: null,
    message: "since 3.18.5 Helm refuses this chart's own default values by its schema (_internal_defaults_do_not_set).",
    hint: "Take Istio 1.28 or newer, or a Helm older than 3.18.5.",
  },
  {
    // fluxcd/cli-utils pkg/kstatus: a Service of type LoadBalancer is current once it has a cluster IP.
    code: "helm-load-balancer",
    helm: ">=4.0.0-0",
    roles: ["istio-ingress-gateway"],
    chart: null,
    profiles: null,
    unless: null,
    message:
      "Helm 4's own --wait calls a load balancer ready before it has an address. flotilla waits for the address itself.",
    hint: "Nothing to do here. An upgrade by hand needs --wait=legacy.",
  },
  {
    // istio/istio#60497
    code: "helm-admissions-enforcer",
    helm: ">=4.0.0-0",
    roles: ["istiod"],
    chart: null,
    profiles: ["aks"],
    unless: { path: ["sidecarInjectorWebhookAnnotations", "admissions.enforcer/disabled"], value: "true" },
    message:
      "on AKS the admissions enforcer changes istiod's webhooks, and the next upgrade fails on a conflict with its field manager.",
    hint: 'Set sidecarInjectorWebhookAnnotations."admissions.enforcer/disabled" to "true" in the values of istiod.',
  },
  {
    // Istio 1.28.6, 1.29.2 and 1.30.0 leave the field out of upgrades.
    code: "helm-webhook-conflict",
    helm: ">=4.0.0-0",
    roles: ["istio-base", "istiod"],
    chart: "<1.28.6 || >=1.29.0-0 <1.29.2",
    profiles: null,
    unless: { path: ["base", "validationFailurePolicy"], value: "Fail" },
    message:
      "istiod sets the validating webhook's failurePolicy itself, this chart sets it back, and the next upgrade fails on the conflict.",
    hint: "Take Istio 1.28.6, 1.29.2, 1.30.0 or newer, or set base.validationFailurePolicy to Fail once istiod runs.",
  },
];
