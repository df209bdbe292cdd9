import type { ObjectRef } from "../model/kube-object.ts";
import type { Finding } from "./finding.ts";

/** What a refusal means. */
export type ExplainedRefusal = Pick<Finding, "rule" | "cause" | "message" | "hint">;

/** A form of words of the API server and its admission. */
interface RefusalForm {
  readonly rule: Finding["rule"];
  readonly pattern: RegExp;
  readonly explain: (match: RegExpExecArray, owner: ObjectRef) => Omit<ExplainedRefusal, "rule">;
}

const part = (match: RegExpExecArray, index: number): string => (match[index] ?? "").trim();

/** Sources: k8s.io/apiserver admission, k8s.io/kubernetes plugin/pkg/admission. The narrower first. */
const FORMS: readonly RefusalForm[] = [
  {
    rule: "namespace-terminating",
    pattern: /create new content in namespace (\S+) because it is being terminated/,
    explain: (match) => ({
      cause: part(match, 1),
      message: `Namespace ${part(match, 1)} is being deleted, so no pod can be made in it.`,
      hint: `Wait until it is gone, then run flotilla up again. What holds it: kubectl get namespace ${part(match, 1)} -o yaml`,
    }),
  },
  {
    rule: "quota",
    pattern: /exceeded quota: ([^,]+), requested: (.*?), used: (.*?), limited: ([^\n]*)/,
    explain: (match, { namespace }) => ({
      cause: part(match, 1),
      message: `Quota ${part(match, 1)} of namespace ${namespace} leaves no room for its pods: they ask for ${part(match, 2)}, ${part(match, 3)} is taken, ${part(match, 4)} is the limit.`,
      hint: `Ask for less in the release's values, or have the quota raised: kubectl describe quota ${part(match, 1)} --namespace ${namespace}`,
    }),
  },
  {
    rule: "quota",
    pattern: /failed quota: ([^:]+): must specify ([^\n]*)/,
    explain: (match, { namespace }) => ({
      cause: part(match, 1),
      message: `Quota ${part(match, 1)} of namespace ${namespace} takes only pods that say how much they need: ${part(match, 2)} is missing.`,
      hint: "Set resources.requests and resources.limits in the release's values, or give the namespace a LimitRange with defaults.",
    }),
  },
  {
    rule: "quota",
    pattern: /insufficient quota to match these scopes: ([^\n]*)/,
    explain: (match, { namespace }) => ({
      cause: "scopes",
      message: `Pods of this priority class need a quota of their own in namespace ${namespace}, and there is none: ${part(match, 1)}.`,
      hint: `Have whoever runs the cluster add a ResourceQuota with that scope to namespace ${namespace}, or use kube-system.`,
    }),
  },
  {
    rule: "quota",
    pattern: /((?:maximum|minimum) [^\n]*? usage per \w+ is [^\n]*|[^\n]* limit to request ratio [^\n]*)/,
    explain: (match, { namespace }) => ({
      cause: "limit range",
      message: `The limit range of namespace ${namespace} does not allow its pods: ${part(match, 1)}.`,
      hint: `Change resources in the release's values to what is allowed: kubectl describe limitrange --namespace ${namespace}`,
    }),
  },
  {
    rule: "pod-security",
    pattern: /violates PodSecurity "([^"]+)": ([^\n]*)/,
    explain: (match, { namespace }) => ({
      cause: part(match, 1),
      message: `Namespace ${namespace} takes only pods of the Pod Security level ${part(match, 1)}, and these are not: ${part(match, 2)}.`,
      hint: `Set the security context in the release's values, or lower the namespace's level: namespaces.${namespace}.labels, pod-security.kubernetes.io/enforce.`,
    }),
  },
  {
    rule: "webhook-denied",
    pattern: /admission webhook "([^"]+)" denied the request(?:: ([^\n]*)| without explanation)?/,
    explain: (match) => ({
      cause: part(match, 1),
      message: `The cluster's admission webhook ${part(match, 1)} refuses its pods${part(match, 2) ? `: ${part(match, 2)}` : ", and does not say why"}.`,
      hint: "What it says is a rule of this cluster: change the release's values to meet it, or ask who runs the webhook.",
    }),
  },
  {
    rule: "webhook-denied",
    pattern: /ValidatingAdmissionPolicy '([^']+)' with binding '[^']+' denied request: ([^\n]*)/,
    explain: (match) => ({
      cause: part(match, 1),
      message: `The cluster's admission policy ${part(match, 1)} refuses its pods: ${part(match, 2)}.`,
      hint: "This is a rule of this cluster: change the release's values to meet it, or ask who set the policy.",
    }),
  },
  {
    rule: "webhook-unreachable",
    pattern: /failed calling webhook "([^"]+)": (?:failed to call webhook: )?([^\n]*)/,
    explain: (match) => ({
      cause: part(match, 1),
      message: `No pod can be made while the cluster cannot ask its admission webhook ${part(match, 1)}: ${unreachable(part(match, 2))}.`,
      hint: "The pods and the Service behind the webhook must be ready first; see the evidence for their names.",
    }),
  },
  {
    rule: "config-missing",
    pattern: /error looking up service account (\S+)\/(\S+): /,
    explain: (match) => ({
      cause: `service account ${part(match, 2)}`,
      message: `There is no service account ${part(match, 2)} in namespace ${part(match, 1)}, which its pods run as.`,
      hint: `Let the chart make it (serviceAccount.create in the release's values), or: kubectl create serviceaccount ${part(match, 2)} --namespace ${part(match, 1)}`,
    }),
  },
  {
    rule: "config-missing",
    pattern: /no PriorityClass with name (\S+) was found/,
    explain: (match) => ({
      cause: `priority class ${part(match, 1)}`,
      message: `There is no priority class ${part(match, 1)}, which its pods ask for.`,
      hint: "Correct priorityClassName in the release's values: kubectl get priorityclass",
    }),
  },
  {
    rule: "forbidden",
    pattern:
      /User "([^"]+)" cannot (\w+) resource "([^"]+)"[^\n]*|unable to validate against any security context constraint: ([^\n]*)/,
    explain: (match, { namespace }) => ({
      cause: part(match, 1) || "security context constraint",
      message: part(match, 1)
        ? `${part(match, 1)} may not ${part(match, 2)} ${part(match, 3)} in namespace ${namespace}.`
        : `No security context constraint of this OpenShift cluster allows its pods: ${part(match, 4)}.`,
      hint: part(match, 1)
        ? "Ask whoever runs the cluster for a role that allows it."
        : "Set the security context in the release's values to what a constraint allows, or have the service account given one.",
    }),
  },
];

/** What the API server's words mean for the workload whose pods it refuses. */
export function explainRefusal(words: string, owner: ObjectRef): ExplainedRefusal {
  for (const { rule, pattern, explain } of FORMS) {
    const match = pattern.exec(words);
    if (match) return { rule, ...explain(match, owner) };
  }
  return {
    rule: "unknown",
    cause: "refused",
    message: `Its pods cannot be made: ${words.replace(/\.$/, "")}.`,
    hint: `See what the cluster says: kubectl describe ${owner.kind.toLowerCase()} ${owner.name} --namespace ${owner.namespace}`,
  };
}

/** Without URLs: what is wrong with the way to the webhook. */
function unreachable(words: string): string {
  const text = words.replace(/^(?:Post|Get) "[^"]*": /, "").replace(/\.$/, "");
  if (/no endpoints available for service/.test(text)) return `${text} (none of its pods is ready)`;
  if (/x509|certificate/.test(text)) return `its certificate is not trusted (${text})`;
  return text;
}
