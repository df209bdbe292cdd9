import { type FailurePattern, group } from "./failure.ts";

/** What the API server, its admission or Helm's own checks refuse. In order: later patterns are wider. */
export const API_FAILURES: readonly FailurePattern[] = [
  {
    code: "release-locked",
    pattern: /another operation \(install\/upgrade\/rollback\) is in progress/,
    explain: (_match, { name, namespace }) => ({
      message: `Helm says that release ${name} is in the middle of another operation. Somebody is at work on it, or a helm was killed there.`,
      hint: `See who with: helm history ${name} --namespace ${namespace}. If nobody is, put it right with helm rollback, or with helm uninstall if it was the first install.`,
    }),
  },
  {
    code: "namespace-terminating",
    pattern: /create new content in namespace (\S+) because it is being terminated/,
    explain: (match) => ({
      message: `Namespace ${group(match, 1)} is being deleted, so nothing new can be made in it.`,
      hint: `Wait until it is gone, then run the command again. If it does not go, see what holds it: kubectl get namespace ${group(match, 1)} -o yaml`,
    }),
  },
  {
    code: "quota",
    pattern: /(\S{1,253} "[^"]+") is forbidden: exceeded quota: ([^,]+), (requested: [^\n]*)/,
    explain: (match, { namespace }) => ({
      message: `The quota ${group(match, 2)} of namespace ${namespace} leaves no room for ${group(match, 1)} (${group(match, 3)}).`,
      hint: `Ask for less in the release's values, or have the quota raised: kubectl describe quota ${group(match, 2)} --namespace ${namespace}`,
    }),
  },
  {
    code: "pod-security",
    pattern: /(\S{1,253} "[^"]+") is forbidden: violates PodSecurity "([^"]+)": ([^\n]*)/,
    explain: (match, { namespace }) => ({
      message: `Namespace ${namespace} allows only pods that keep to the Pod Security level ${group(match, 2)}; ${group(match, 1)} does not: ${group(match, 3)}.`,
      hint: "Set the pod's security context in the release's values, or put the release into a namespace with a lower level (label pod-security.kubernetes.io/enforce).",
    }),
  },
  {
    code: "webhook-denied",
    pattern: /admission webhook "([^"]+)" denied the request(?:: ([^\n]*)| without explanation)?/,
    explain: (match) => ({
      message: `The cluster's admission webhook ${group(match, 1)} refused it${group(match, 2) ? `: ${group(match, 2)}` : ", and does not say why"}.`,
      hint: "What the webhook says is a rule of this cluster: change the release's values to meet it, or ask who runs the webhook.",
    }),
  },
  {
    code: "webhook-denied",
    pattern: /ValidatingAdmissionPolicy '([^']+)' with binding '[^']+' denied request: ([^\n]*)/,
    explain: (match) => ({
      message: `The cluster's admission policy ${group(match, 1)} refused it: ${group(match, 2)}.`,
      hint: "This is a rule of this cluster: change the release's values to meet it, or ask who set the policy.",
    }),
  },
  {
    code: "webhook-unreachable",
    pattern: /failed calling webhook "([^"]+)": (?:failed to call webhook: )?([^\n]*)/,
    explain: (match) => ({
      message: `The cluster could not ask its admission webhook ${group(match, 1)}, and without its answer takes nothing: ${group(match, 2)}.`,
      hint: "Look at the pods and the Service behind the webhook: they must be ready before this release can go in.",
    }),
  },
  {
    code: "apply-conflict",
    pattern: /Apply failed with \d+ conflicts?: [\s\S]*/,
    explain: ([conflicts]) => ({
      message: `Fields of the object are in the hands of ${listed(conflicts, /conflicts? with "([^"]+)"/g)}, so Helm does not change them: ${listed(conflicts, /(?:: |- )(\.[^\n]+)/g)}.`,
      hint: "Let the other owner give the fields up, leave them out of the release's values, or take them over: `flotilla up --force-conflicts RELEASE`.",
    }),
  },
  {
    code: "apply-conflict",
    pattern: /Operation cannot be fulfilled on (\S{1,253} "[^"]+"): the object has been modified/,
    explain: (match) => ({
      message: `Somebody else changed ${group(match, 1)} in the same moment.`,
      hint: "Run the command again.",
    }),
  },
  {
    code: "apply-conflict",
    pattern: /(\S{1,253} "[^"]+")(?: in namespace "([^"]*)")? exists and cannot be imported into the current release/,
    explain: (match, { name }) => ({
      message: `${group(match, 1)}${group(match, 2) ? ` in namespace ${group(match, 2)}` : ""} exists already and does not belong to Helm release ${name}, so Helm leaves it alone.`,
      hint: "Find out who made it. Delete it if nobody needs it, or give the release's object another name.",
    }),
  },
  {
    code: "immutable-field",
    pattern:
      /\bis immutable\b|updates to statefulset spec for fields other than|cannot change roleRef|may not change once set|Forbidden: may not be changed/,
    explain: ({ input }) => ({
      message: `The upgrade changes a field that Kubernetes lets nobody change: ${lineAround(input, /is invalid: /)}`,
      hint: "The object has to be deleted and made anew: put the old value back, or delete the object when that is safe, then run the command again.",
    }),
  },
  {
    code: "crd-not-established",
    pattern: /no matches for kind "([^"]+)" in version "([^"]+)"/,
    explain: (match) => ({
      message: `The cluster does not know the kind ${group(match, 1)} (${group(match, 2)}): its CustomResourceDefinition is missing or not served yet.`,
      hint: "Install the release that brings the CustomResourceDefinition first, and name it under this release's needs.",
    }),
  },
  {
    code: "forbidden",
    pattern:
      /is forbidden: User "([^"]+)" cannot (\w+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]+)")?/,
    explain: (match) => ({
      message: `${group(match, 1)} may not ${group(match, 2)} ${group(match, 3)}${group(match, 4) ? `.${group(match, 4)}` : ""} ${group(match, 5) ? `in namespace ${group(match, 5)}` : "in the cluster as a whole"}.`,
      hint: "Ask who runs the cluster for the permission, or use a context that has it.",
    }),
  },
  {
    code: "forbidden",
    pattern: /attempting to grant RBAC permissions not currently held/,
    explain: () => ({
      message:
        "The chart grants permissions that the user who installs it does not have; Kubernetes does not allow that.",
      hint: "Install it with a user who has those permissions, as a rule a cluster administrator.",
    }),
  },
  {
    code: "unknown",
    pattern: /namespaces "([^"]+)" not found/,
    explain: (match) => ({
      message: `There is no namespace ${group(match, 1)}.`,
      hint: `Run the command again: flotilla makes the namespaces of its releases; somebody deleted this one.`,
    }),
  },
  {
    code: "unknown",
    pattern: /Secret "sh\.helm\.release[^"]*" is invalid: data: Too long/,
    explain: (_match, { name }) => ({
      message: `What the chart renders for release ${name} is too big: Helm keeps it in a Secret, which holds 1 MiB.`,
      hint: "Split the chart in two, or leave large files out of it.",
    }),
  },
  {
    code: "schema",
    pattern: /failed to create typed patch object \([^)]*\): (\S+: [^\n]*)/,
    explain: (match) => ({
      message: `The chart renders an object that the cluster cannot read: ${group(match, 1)}.`,
      hint: "Check the release's values that end up in this field; the chart may also want another version of Kubernetes.",
    }),
  },
  {
    code: "schema",
    pattern: /(\w+ in version "[^"]+" cannot be handled as [^\n]*)/,
    explain: (match) => ({
      message: `The chart renders an object that the cluster cannot read: ${group(match, 1)}.`,
      hint: "Check the release's values that end up in this field; a text may stand where a number belongs.",
    }),
  },
  {
    code: "schema",
    pattern: /(\S{1,253} "[^"]+" is invalid: [^\n]*)/,
    explain: (match) => ({
      message: `The cluster refuses an object of the chart: ${group(match, 1)}`,
      hint: "Check the release's values that end up in these fields.",
    }),
  },
];

/** All different words that a pattern finds, for people. */
function listed(text: string, pattern: RegExp): string {
  return [...new Set([...text.matchAll(pattern)].map((match) => (match[1] ?? "").trim()))].join(", ");
}

/** The line of a text that a pattern fits. */
function lineAround(text: string, pattern: RegExp): string {
  return (
    text
      .split("\n")
      .find((line) => pattern.test(line))
      ?.trim() ?? text
  );
}
