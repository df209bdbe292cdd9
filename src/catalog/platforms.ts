/** The platforms that flotilla knows. Each has a profile in `values/<name>.yaml`. */
export const PLATFORMS = ["minikube", "kind", "k3s", "aks", "eks", "gke", "openshift", "sandbox"] as const;

/** What a platform asks of Istio that no values can say. */
export interface PlatformNeeds {
  /** True: sidecars do not work without the cni chart, as pods may not change their own network. */
  readonly cni: boolean;
  /** Where the node agents (cni, ztunnel) must run; null: beside istiod. */
  readonly nodeAgentNamespace: string | null;
}

const PLAIN: PlatformNeeds = { cni: false, nodeAgentNamespace: null };

/**
 * OpenShift runs privileged pods in kube-system only, and its own platform values make istiod expect the cni chart
 * (istio manifests/helm-profiles/platform-openshift.yaml; istio.io, "Platform-Specific Prerequisites").
 */
const NEEDS: ReadonlyMap<string, PlatformNeeds> = new Map([
  ["openshift", { cni: true, nodeAgentNamespace: "kube-system" }],
]);

/** What the platform of a profile asks for; nothing where none is named. */
export function platformNeeds(profile: string | null): PlatformNeeds {
  return (profile === null ? undefined : NEEDS.get(profile)) ?? PLAIN;
}
