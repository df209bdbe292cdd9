import type { ClusterApi, KubeJson } from "./cluster-api.ts";

/** A gateway pod at its creation, and whether injection worked at that moment. */
export interface WitnessedPod {
  /** `namespace/name` */
  readonly pod: string;
  readonly images: readonly string[];
  /** Every entry of the injection webhook had a certificate authority. */
  readonly webhookSigned: boolean;
  /** istiod's Service had a ready endpoint. */
  readonly istiodReady: boolean;
}

/** Watches from outside, with no part of flotilla, what the cluster was like when each gateway pod was created. */
export function witnessInjection(api: ClusterApi, namespaces: readonly string[]): readonly WitnessedPod[] {
  const pods = new Map<string, WitnessedPod>();
  const witnessed: WitnessedPod[] = [];
  let webhookSigned = false;
  let istiodReady = false;
  api.watch("/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations", (type, { metadata, webhooks }) => {
    if (!metadata.name.startsWith("istio-sidecar-injector")) return;
    webhookSigned = type !== "DELETED" && webhooks.every(({ clientConfig }: KubeJson) => clientConfig.caBundle);
  });
  api.watch("/apis/discovery.k8s.io/v1/namespaces/istio-system/endpointslices", (type, { metadata, endpoints }) => {
    if (metadata.labels?.["kubernetes.io/service-name"] !== "istiod") return;
    istiodReady = type !== "DELETED" && (endpoints ?? []).some(({ conditions }: KubeJson) => conditions.ready === true);
  });
  for (const namespace of namespaces) {
    api.watch(`/api/v1/namespaces/${namespace}/pods`, (_type, { metadata, spec }) => {
      const pod = `${metadata.namespace}/${metadata.name}`;
      if (pods.has(pod)) return;
      const images = spec.containers.map(({ image }: KubeJson) => image);
      const seen = { pod, images, webhookSigned, istiodReady };
      pods.set(pod, seen);
      witnessed.push(seen);
    });
  }
  return witnessed;
}
