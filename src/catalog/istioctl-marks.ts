import type { ObjectMetadata } from "../model/kube-object.ts";

/** The label by which what Istio's own installer or its charts made can be listed. */
export const ISTIO_COMPONENT = "operator.istio.io/component";

/** Who put an object in: Helm writes it on everything that it makes (helm.sh/helm pkg/action/validate.go). */
const HELM_RELEASE = "meta.helm.sh/release-name";

/**
 * Whether `istioctl install` made an object. The charts carry its labels as well (`install.operator.istio.io/…`,
 * `operator.istio.io/component`), but what comes from them has Helm's mark.
 */
export function madeByIstioctl({ labels = {}, annotations = {} }: ObjectMetadata): boolean {
  const marked =
    labels[ISTIO_COMPONENT] !== undefined || labels["install.operator.istio.io/owning-resource"] !== undefined;
  return marked && annotations[HELM_RELEASE] === undefined;
}

/** The Helm release that an object says it belongs to; null when it says nothing. */
export function helmOwner({
  annotations = {},
}: ObjectMetadata): { readonly name: string; readonly namespace: string } | null {
  const name = annotations[HELM_RELEASE];
  return name === undefined ? null : { name, namespace: annotations["meta.helm.sh/release-namespace"] ?? "" };
}
