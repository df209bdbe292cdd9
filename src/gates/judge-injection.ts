import { hasReadyEndpoint } from "../model/endpoint-slices.ts";
import { asList, asObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { fitsSelector } from "../model/label-selector.ts";
import { webhookClients } from "../model/webhook-clients.ts";
import { ISTIO_REVISION_LABEL, isInjector } from "./istiod-webhooks.ts";

/** What the injection gate looks at in the cluster. */
export interface InjectionEvidence {
  /** Name of the MutatingWebhookConfiguration that istiod's manifest renders. */
  readonly webhook: string;
  /** Every MutatingWebhookConfiguration of the cluster. */
  readonly configurations: readonly KubeObject[];
  /** The Namespace in which pods are to be injected; null: any, and then every entry of the webhook counts. */
  readonly namespace: KubeObject | null;
  /** Labels of those pods. */
  readonly podLabels: { readonly [key: string]: string };
  /** Endpoints of a namespace; null when they may not be read. */
  readonly endpointSlices: (namespace: string) => readonly KubeObject[] | null;
}

/**
 * What is missing before such a pod would be injected; null when nothing is. A webhook of an injector must be there that
 * is configured for the namespace and the pod (by `istio-injection` or `istio.io/rev`), istiod must have written its
 * certificate authority into it, and where it points to a Service, an endpoint of that must be ready. A pod that is
 * created earlier is refused (`failurePolicy: Fail`) or, worse, stays without its proxy for good (istio#53290).
 */
export function missingForInjection(evidence: InjectionEvidence): string | null {
  const { webhook, configurations, namespace } = evidence;
  const injectors = configurations.filter(
    (object) => isInjector(object) && (namespace !== null || object.metadata.name === webhook),
  );
  const fitting = injectors.flatMap((configuration) => fittingEntries(configuration, evidence));
  if (fitting.length === 0) {
    const own = configurations.find(({ metadata }) => metadata.name === webhook);
    if (!own) return `webhook ${webhook} to exist`;
    if (asList(own["webhooks"]).length === 0) return `entries in webhook ${webhook}`;
    if (namespace === null) return null;
    return `a webhook for pods of namespace ${namespace.metadata.name} (${injectionLabels(namespace)})`;
  }
  for (const entry of fitting) {
    const awaiting = missingOf(entry, evidence);
    if (awaiting !== null) return awaiting;
  }
  return null;
}

/** One entry of a webhook configuration, as a configuration of its own. */
function fittingEntries(configuration: KubeObject, { namespace, podLabels }: InjectionEvidence): readonly KubeObject[] {
  if (namespace === null) return [configuration];
  const namespaceLabels = { "kubernetes.io/metadata.name": namespace.metadata.name, ...namespace.metadata.labels };
  return asList(configuration["webhooks"]).flatMap((webhook) => {
    const entry = asObject(webhook);
    const fits =
      fitsSelector(namespaceLabels, asObject(entry["namespaceSelector"])) &&
      fitsSelector(podLabels, asObject(entry["objectSelector"]));
    return fits ? [{ ...configuration, webhooks: [entry] }] : [];
  });
}

function missingOf(entry: KubeObject, { endpointSlices }: InjectionEvidence): string | null {
  for (const { hasAuthority, service } of webhookClients(entry)) {
    if (!hasAuthority) return `certificate authority in webhook ${entry.metadata.name}`;
    if (service === null) continue;
    const slices = endpointSlices(service.namespace);
    if (slices !== null && !hasReadyEndpoint(slices, service.namespace, service.name)) {
      return `endpoint of service ${service.namespace}/${service.name}`;
    }
  }
  return null;
}

function injectionLabels({ metadata }: KubeObject): string {
  const labels = ["istio-injection", ISTIO_REVISION_LABEL].flatMap((key) => {
    const value = metadata.labels?.[key];
    return value === undefined ? [] : [`${key}=${value}`];
  });
  return labels.length === 0 ? "it has no label for injection" : labels.join(", ");
}
