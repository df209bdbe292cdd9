import type { KubeObject } from "../model/kube-object.ts";
import type { Readiness } from "../model/readiness.ts";
import { hasReadyEndpoint } from "./endpoints.ts";
import { webhookClients } from "./webhook-clients.ts";

/** What the gate looks at in the cluster. */
export interface InjectionEvidence {
  /** Name of the MutatingWebhookConfiguration. */
  readonly webhook: string;
  /** As it is in the cluster; null when it is not there. */
  readonly configuration: KubeObject | null;
  /** Those of the namespace that istiod's Service is in. */
  readonly endpointSlices: readonly KubeObject[];
}

/**
 * Whether pods created now would be injected: the webhook is there, istiod has written its certificate authority into
 * every entry, and where an entry points to a Service, an endpoint of it is ready. A gateway pod that is created earlier
 * is refused (`failurePolicy: Fail`) or, worse, keeps the image `auto` for good (istio#53290).
 */
export function judgeInjection(evidence: InjectionEvidence): Readiness {
  const awaiting = missingIn(evidence);
  return { state: awaiting === null ? "ready" : "waiting", awaiting, reason: null };
}

/** The first thing that is not met yet; null when all is. A further check of the gate goes at the end. */
function missingIn({ webhook, configuration, endpointSlices }: InjectionEvidence): string | null {
  if (configuration === null) return `webhook ${webhook} to exist`;
  const clients = webhookClients(configuration);
  if (clients.length === 0) return `entries in webhook ${webhook}`;
  if (clients.some(({ hasAuthority }) => !hasAuthority)) return `certificate authority in webhook ${webhook}`;
  const idle = clients.find(
    ({ service }) => service !== null && !hasReadyEndpoint(endpointSlices, service.namespace, service.name),
  );
  return idle?.service ? `endpoint of service ${idle.service.namespace}/${idle.service.name}` : null;
}
