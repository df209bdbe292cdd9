import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { webhookClients } from "../model/webhook-clients.ts";
import { asObject, asText } from "../model/json.ts";
import { ruleFor } from "./rules.ts";

/** On an object of a manifest, with the value `false`: it is not waited for. */
const WAIT_ANNOTATION = "flotilla.dev/wait";

/**
 * The objects of a release's manifest that are waited for: those whose kind can become ready at all. The others are ready
 * when they exist, and helm has seen to that. What needs another release's Service to become ready (a webhook, an API) is
 * left out: that release may well need this one first, as istiod needs Istio's base chart.
 * @param releaseNamespace where objects go that name no namespace
 * @param clusterScoped tells kinds that live outside namespaces
 */
export function readinessTargets(
  objects: readonly KubeObject[],
  releaseNamespace: string,
  clusterScoped: (apiVersion: string, kind: string) => boolean,
): readonly ObjectRef[] {
  const services = new Set(
    objects
      .filter(({ apiVersion, kind }) => apiVersion === "v1" && kind === "Service")
      .map(({ metadata }) => `${metadata.namespace || releaseNamespace}/${metadata.name}`),
  );
  return objects.flatMap((object) => {
    const { apiVersion, kind, metadata } = object;
    if (ruleFor(apiVersion, kind) === null || metadata.annotations?.[WAIT_ANNOTATION] === "false") return [];
    if (!servicesBehind(object).every((service) => services.has(service))) return [];
    const namespace = clusterScoped(apiVersion, kind) ? null : metadata.namespace || releaseNamespace;
    return [{ apiVersion, kind, namespace, name: metadata.name }];
  });
}

/** `namespace/name` of the Services that must answer before the API server can use the object. */
function servicesBehind(object: KubeObject): readonly string[] {
  if (object.kind.endsWith("WebhookConfiguration")) {
    return webhookClients(object).flatMap(({ service }) => (service ? [`${service.namespace}/${service.name}`] : []));
  }
  if (object.kind !== "APIService") return [];
  const service = asObject(object.spec?.["service"]);
  const name = asText(service["name"]);
  return name === null ? [] : [`${asText(service["namespace"]) ?? ""}/${name}`];
}
