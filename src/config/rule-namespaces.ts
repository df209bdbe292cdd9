import type { ConfigProblem } from "../model/errors.ts";
import { pullSecrets } from "./pull-secrets.ts";
import type { RuleInput } from "./shaped-stack.ts";

/** A qualified name: an optional DNS prefix, then up to 63 characters (k8s.io/apimachinery validation.IsQualifiedName). */
const KEY = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** Likewise for what a label says (validation.IsValidLabelValue). */
const VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** Labels and annotations are such as Kubernetes takes. */
export function namespaceLabels({ source, stack }: RuleInput): ConfigProblem[] {
  return Object.entries(stack.namespaces ?? {}).flatMap(([name, namespace]) => {
    const problems: ConfigProblem[] = [];
    for (const kind of ["labels", "annotations"] as const) {
      for (const [key, value] of Object.entries(namespace?.[kind] ?? {})) {
        const path = ["namespaces", name, kind, key];
        if (!KEY.test(key)) {
          const message = `"${key}" cannot be the key of a label or an annotation`;
          problems.push(
            source.problem(path, "key", { message, hint: "letters, digits, - _ . and one / after a prefix" }),
          );
        }
        if (kind === "labels" && !VALUE.test(value)) {
          const message = `"${value}" cannot be the value of a label`;
          problems.push(
            source.problem(path, "value", { message, hint: "letters, digits, - _ . and at most 63 of them" }),
          );
        }
      }
    }
    return problems;
  });
}

/** A copied Secret comes from another namespace, and no other of its name is copied there. */
export function copiedSecrets({ source, stack }: RuleInput): ConfigProblem[] {
  return Object.keys(stack.namespaces ?? {}).flatMap((namespace) => {
    const seen = new Set<string>();
    return pullSecrets(stack, namespace).flatMap((secret, index) => {
      const path = ["namespaces", namespace, "pullSecretsFrom", index];
      if (seen.has(secret.name)) {
        const message = `two Secrets named "${secret.name}" are copied into "${namespace}"`;
        return [source.problem(path, "value", { message, hint: "remove one of the two" })];
      }
      seen.add(secret.name);
      if (secret.namespace !== namespace) return [];
      const message = `the Secret "${secret.name}" is in "${namespace}" already`;
      return [source.problem(path, "value", { message, hint: "remove it, or name it as NAMESPACE/NAME" })];
    });
  });
}
