/** The platforms that flotilla knows. Each one that it supports has a profile in `values/<name>.yaml`. */
export const PLATFORMS = ["minikube", "kind", "k3s", "aks", "eks", "gke", "openshift", "sandbox"] as const;
