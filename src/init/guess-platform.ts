/** What names of contexts look like that tools give: those of minikube, kind, k3s and the clouds' own commands. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/^minikube\b/, "minikube"],
  [/^kind-/, "kind"],
  [/^(k3s|k3d)\b/, "k3s"],
  [/^gke_/, "gke"],
  [/^arn:aws[\w-]*:eks:|\.eksctl\.io$|\beks\b/, "eks"],
  [/\baks\b/, "aks"],
  // `oc login` names them PROJECT/HOST:PORT/USER.
  [/^[^/]+\/[^/]+:6443\/|\b(openshift|crc)\b/, "openshift"],
];

/** The platform that a context's name speaks for; null when it says nothing. */
export function guessPlatform(context: string | null): string | null {
  return PATTERNS.find(([pattern]) => context !== null && pattern.test(context))?.[1] ?? null;
}

/** Platforms whose load balancers can be had inside and outside: there `exposure` decides something. */
export const CLOUDS: readonly string[] = ["aks", "eks", "gke"];

/** Platforms on somebody's own machine. */
export const LOCAL: readonly string[] = ["minikube", "kind", "k3s", "sandbox"];
