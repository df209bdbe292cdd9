/** A conflict, as far as remedies depend on it. */
export interface ConflictedField {
  readonly manager: string;
  readonly kind: string;
  /** As the API server names it; null for a whole object. */
  readonly field: string | null;
}

/** kubectl names itself after its verb: `kubectl-edit`, `kubectl-client-side-apply`; `kubectl` applies on the server's side. */
const KUBECTL = /^kubectl(-|$)/;

/** What is known to settle a kind of conflict. */
interface Remedy {
  readonly fits: (conflict: ConflictedField) => boolean;
  readonly text: string;
}

const REMEDIES: readonly Remedy[] = [
  {
    // AKS keeps webhooks away from its own namespaces by writing into them (istio/istio#60497).
    fits: ({ manager }) => manager === "admissionsenforcer",
    text: 'AKS writes into every webhook. Have it leave this one alone: set istiod\'s value sidecarInjectorWebhookAnnotations: { "admissions.enforcer/disabled": "true" }.',
  },
  {
    // Charts up to 1.28.5, 1.29.1: "failurePolicy" is rendered on upgrades too.
    fits: ({ manager, field }) => manager === "pilot-discovery" && (field ?? "").endsWith(".failurePolicy"),
    text: "istiod sets this to Fail once it answers. Istio's charts leave it out on upgrades from 1.28.6, 1.29.2 and 1.30.0 on: use one of those, and leave base.validationFailurePolicy unset, or set it to Fail.",
  },
  {
    fits: ({ manager, field }) => manager === "pilot-discovery" && (field ?? "").endsWith(".caBundle"),
    text: "istiod puts its own authority here: leave the bundle out of the release's values.",
  },
  {
    fits: ({ manager, field }) => manager === "kube-controller-manager" && field === ".spec.replicas",
    text: "An autoscaler counts the replicas: leave their number out of the release's values.",
  },
  {
    fits: ({ manager, field }) => field !== null && KUBECTL.test(manager),
    text: "Somebody did this by hand. If it is right, put the same value into the release's values; if not, take the field over.",
  },
];

/** What settles just this conflict; null when nothing is known. */
export function conflictRemedy(conflict: ConflictedField): string | null {
  return REMEDIES.find(({ fits }) => fits(conflict))?.text ?? null;
}
