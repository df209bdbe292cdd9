import type { KubeObject } from "../model/kube-object.ts";
import type { Readiness } from "../model/readiness.ts";
import { apiServiceReadiness } from "./api-service.ts";
import { certManagerReadiness } from "./cert-manager.ts";
import type { ClusterView } from "./cluster-view.ts";
import { customResourceDefinitionReadiness } from "./custom-resource-definition.ts";
import { daemonSetReadiness } from "./daemon-set.ts";
import { deploymentReadiness } from "./deployment.ts";
import { gatewayClassReadiness, gatewayReadiness } from "./gateway.ts";
import { ingressReadiness } from "./ingress.ts";
import { jobReadiness } from "./job.ts";
import { otherKindReadiness } from "./other-kind.ts";
import { persistentVolumeClaimReadiness } from "./persistent-volume-claim.ts";
import { podReadiness } from "./pod.ts";
import { replicaSetReadiness } from "./replica-set.ts";
import { routeReadiness } from "./route.ts";
import { serviceReadiness } from "./service.ts";
import { statefulSetReadiness } from "./stateful-set.ts";
import { waiting } from "./verdict.ts";
import { webhookConfigurationReadiness } from "./webhook-configuration.ts";

/** Says of one live object whether it is ready; may look at what stands around it. */
export type ReadinessRule = (object: KubeObject, view: ClusterView) => Readiness;

/** By API group and kind: rules hold for every version of a group. */
const RULES: Readonly<Record<string, ReadinessRule>> = {
  "admissionregistration.k8s.io MutatingWebhookConfiguration": webhookConfigurationReadiness,
  "admissionregistration.k8s.io ValidatingWebhookConfiguration": webhookConfigurationReadiness,
  "apiextensions.k8s.io CustomResourceDefinition": customResourceDefinitionReadiness,
  "apiregistration.k8s.io APIService": apiServiceReadiness,
  "apps DaemonSet": daemonSetReadiness,
  "apps Deployment": deploymentReadiness,
  "apps ReplicaSet": replicaSetReadiness,
  "apps StatefulSet": statefulSetReadiness,
  "batch Job": jobReadiness,
  "cert-manager.io Certificate": certManagerReadiness,
  "cert-manager.io ClusterIssuer": certManagerReadiness,
  "cert-manager.io Issuer": certManagerReadiness,
  "gateway.networking.k8s.io GRPCRoute": routeReadiness,
  "gateway.networking.k8s.io Gateway": gatewayReadiness,
  "gateway.networking.k8s.io GatewayClass": gatewayClassReadiness,
  "gateway.networking.k8s.io HTTPRoute": routeReadiness,
  "gateway.networking.k8s.io TCPRoute": routeReadiness,
  "gateway.networking.k8s.io TLSRoute": routeReadiness,
  "gateway.networking.k8s.io UDPRoute": routeReadiness,
  "networking.k8s.io Ingress": ingressReadiness,
  " PersistentVolumeClaim": persistentVolumeClaimReadiness,
  " Pod": podReadiness,
  " ReplicationController": replicaSetReadiness,
  " Service": serviceReadiness,
};

/**
 * API groups whose kinds, but for those with a rule, are as good as they will ever get once they exist: Kubernetes' own
 * (RBAC, configuration, policies …), and Istio's, which report nothing about themselves unless
 * `PILOT_ENABLE_CONFIG_DISTRIBUTION_TRACKING` is set.
 */
const SILENT_GROUPS: ReadonlySet<string> = new Set([
  "",
  "admissionregistration.k8s.io",
  "apps",
  "authentication.k8s.io",
  "authorization.k8s.io",
  "autoscaling",
  "batch",
  "certificates.k8s.io",
  "coordination.k8s.io",
  "discovery.k8s.io",
  "events.k8s.io",
  "extensions.istio.io",
  "flowcontrol.apiserver.k8s.io",
  "networking.istio.io",
  "networking.k8s.io",
  "node.k8s.io",
  "policy",
  "rbac.authorization.k8s.io",
  "resource.k8s.io",
  "scheduling.k8s.io",
  "security.istio.io",
  "storage.k8s.io",
  "telemetry.istio.io",
]);

/** The rule for a kind; null for kinds that are ready as soon as they exist. */
export function ruleFor(apiVersion: string, kind: string): ReadinessRule | null {
  const slash = apiVersion.indexOf("/");
  const group = slash < 0 ? "" : apiVersion.slice(0, slash);
  return RULES[`${group} ${kind}`] ?? (SILENT_GROUPS.has(group) ? null : otherKindReadiness);
}

/** Whether a live object is ready, by the rule of its kind. One that is being deleted never is. */
export function readinessOf(object: KubeObject, view: ClusterView): Readiness {
  const { apiVersion, kind, metadata } = object;
  if (metadata.deletionTimestamp !== undefined) {
    const holders = (metadata.finalizers ?? []).join(", ");
    return waiting(
      `${kind} ${metadata.name} to be made anew`,
      holders === "" ? "it is being deleted" : `held by ${holders}`,
    );
  }
  return ruleFor(apiVersion, kind)?.(object, view) ?? { state: "ready", awaiting: null, reason: null };
}
