import { asList, asObject, asText } from "./json.ts";
import type { KubeObject } from "./kube-object.ts";

/** How the API server reaches one webhook of a configuration. */
export interface WebhookClient {
  /** Whether a certificate authority is set, by which the webhook's certificate is checked. */
  readonly hasAuthority: boolean;
  /** The Service that answers; null when the webhook is reached by URL. */
  readonly service: { readonly namespace: string; readonly name: string } | null;
}

/** The `clientConfig` of each webhook in a configuration. */
export function webhookClients(configuration: KubeObject): readonly WebhookClient[] {
  return asList(configuration["webhooks"]).map((webhook) => {
    const client = asObject(asObject(webhook)["clientConfig"]);
    const service = asObject(client["service"]);
    const namespace = asText(service["namespace"]);
    const name = asText(service["name"]);
    return {
      hasAuthority: (asText(client["caBundle"]) ?? "") !== "",
      service: namespace !== null && name !== null ? { namespace, name } : null,
    };
  });
}
