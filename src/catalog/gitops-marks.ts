import type { ObjectMetadata } from "../model/kube-object.ts";

/** What Flux's controllers put on what they apply (fluxcd helm-controller and kustomize-controller, origin labels). */
const FLUX: readonly (readonly [name: string, namespace: string, kind: string])[] = [
  ["helm.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/namespace", "HelmRelease"],
  ["kustomize.toolkit.fluxcd.io/name", "kustomize.toolkit.fluxcd.io/namespace", "Kustomization"],
];

/** Argo CD's own mark: `<application>:<group>/<kind>:<namespace>/<name>` (argo-cd, "Resource tracking"). */
const ARGO_CD = "argocd.argoproj.io/tracking-id";

/**
 * Who reconciles an object by Git, in words; null when nobody does. The label `app.kubernetes.io/instance` alone says
 * nothing: Argo CD may use it, and so do most charts.
 */
export function gitopsOwner({ labels = {}, annotations = {} }: ObjectMetadata): string | null {
  for (const [name, namespace, kind] of FLUX) {
    const owner = labels[name];
    if (owner === undefined) continue;
    const place = labels[namespace];
    return `Flux (${kind} ${place === undefined ? "" : `${place}/`}${owner})`;
  }
  const application = annotations[ARGO_CD]?.split(":")[0];
  return application ? `Argo CD (Application ${application})` : null;
}
