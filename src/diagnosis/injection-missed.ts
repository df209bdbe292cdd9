import type { Finding } from "./finding.ts";
import { containerName, type PodContext, podFinding } from "./pod-context.ts";

/**
 * Pods that Istio's webhook should have given their image: Istio's gateway chart writes `image: auto`, and a pod that was
 * admitted without the webhook keeps it for good (istio/istio#53290).
 */
export function injectionMissed(context: PodContext): readonly Finding[] {
  const { pod, flag } = context;
  return context.containers
    .filter(({ image }) => image === "auto")
    .map((container) =>
      podFinding(context, {
        rule: "injection-missed",
        cause: "auto",
        message: `Istio's webhook was not asked when the pod was made: ${containerName(container)} still has the image "auto", which no registry has.`,
        hint: `Check that istiod is ready and that the namespace lets it inject (kubectl get namespace ${pod.metadata.namespace ?? ""} --show-labels: no istio-injection=disabled); then make the pod anew: kubectl delete pod ${pod.metadata.name} ${flag}`,
        evidence: [`container ${container.name}: image auto, ${container.waiting?.reason ?? "not running"}`],
      }),
    );
}
