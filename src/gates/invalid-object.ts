import type { KubeObject } from "../model/kube-object.ts";
import type { GateStep } from "../model/plan.ts";
import { ISTIO_REVISION_LABEL } from "./istiod-webhooks.ts";

/** An object that the webhook of a validation gate must refuse, and nobody before it: its schema lets it through. */
export function invalidObject({ api, namespace, istioRevision }: GateStep): KubeObject {
  switch (api) {
    case "networking.istio.io":
      return invalidGateway(namespace, istioRevision ?? "default");
    case "cert-manager.io":
      return invalidIssuer(namespace);
    case "metallb.io":
      return invalidPool(namespace);
  }
}

/**
 * A Gateway that istiod's validation must refuse: it has no servers, and says by annotation that it is to be refused.
 * The same that istiod tries itself before it lets its webhook fail closed (istio/istio
 * pkg/webhooks/validation/controller, `isDryRunOfInvalidConfigRejected`).
 * @param revision the label by which the webhook of this very istiod is asked
 */
function invalidGateway(namespace: string, revision: string): KubeObject {
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "Gateway",
    metadata: {
      name: "flotilla-invalid-gateway",
      namespace,
      labels: { [ISTIO_REVISION_LABEL]: revision },
      annotations: { "internal.istio.io/webhook-always-reject": "true" },
    },
    spec: {},
  };
}

/** Of no kind at all (cert-manager internal/apis/certmanager/validation/issuer.go: "at least one issuer must be configured"). */
function invalidIssuer(namespace: string): KubeObject {
  return {
    apiVersion: "cert-manager.io/v1",
    kind: "Issuer",
    metadata: { name: "flotilla-invalid-issuer", namespace },
    spec: {},
  };
}

/** With an address that is none (metallb internal/k8s/webhooks/webhookv1beta1/ipaddresspool_webhook.go). */
function invalidPool(namespace: string): KubeObject {
  return {
    apiVersion: "metallb.io/v1beta1",
    kind: "IPAddressPool",
    metadata: { name: "flotilla-invalid-pool", namespace },
    spec: { addresses: ["flotilla.invalid"] },
  };
}
