import { hasReadyEndpoint } from "../model/endpoint-slices.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { Readiness } from "../model/readiness.ts";
import { type WebhookClient, webhookClients } from "../model/webhook-clients.ts";
import { type ClusterView, ENDPOINT_SLICE } from "./cluster-view.ts";
import { ready, waiting } from "./verdict.ts";

/**
 * A webhook configuration is ready when the API server can ask each Service that it names: a certificate authority is set
 * (controllers such as istiod and cert-manager's cainjector fill it in) and an endpoint is ready. Until then requests
 * that it is asked about fail, or pass unasked. Source: admissionregistration.k8s.io/v1 `WebhookClientConfig`; kstatus
 * and helm take one for ready as soon as it is there. Webhooks that are reached by URL are taken as they are.
 */
export function webhookConfigurationReadiness(configuration: KubeObject, view: ClusterView): Readiness {
  for (const client of webhookClients(configuration)) {
    const awaiting = missingOf(client, configuration.metadata.name, view);
    if (awaiting !== null) return waiting(awaiting);
  }
  return ready();
}

function missingOf({ service, hasAuthority }: WebhookClient, name: string, view: ClusterView): string | null {
  if (service === null) return null;
  if (!hasAuthority) return `certificate authority in webhook ${name}`;
  const slices = view.list(ENDPOINT_SLICE, service.namespace);
  if (slices === null || hasReadyEndpoint(slices, service.namespace, service.name)) return null;
  return `endpoint of service ${service.namespace}/${service.name} for webhook ${name}`;
}
