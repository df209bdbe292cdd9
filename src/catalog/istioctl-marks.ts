import { helmOwner } from "../model/helm-owner.ts";
import type { ObjectMetadata } from "../model/kube-object.ts";

/** The label by which what Istio's own installer or its charts made can be listed. */
export const ISTIO_COMPONENT = "operator.istio.io/component";

/**
 * Whether `istioctl install` made an object. The charts carry its labels as well (`install.operator.istio.io/…`,
 * `operator.istio.io/component`), but what comes from them has Helm's mark.
 */
export function madeByIstioctl(metadata: ObjectMetadata): boolean {
  const { labels = {} } = metadata;
  const marked =
    labels[ISTIO_COMPONENT] !== undefined || labels["install.operator.istio.io/owning-resource"] !== undefined;
  return marked && helmOwner(metadata) === null;
}
