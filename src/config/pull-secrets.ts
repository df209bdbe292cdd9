import type { SecretName } from "../model/stack.ts";
import type { ShapedStack } from "./shaped-stack.ts";

const DEFAULT_STATE_NAMESPACE = "flotilla-system";

/** Where flotilla keeps what it knows of a stack. */
export function stateNamespace({ state }: ShapedStack): string {
  return state?.namespace ?? DEFAULT_STATE_NAMESPACE;
}

/** The Secrets that a namespace takes from others, in the file's order: `NAME` stands in the state namespace. */
export function pullSecrets(stack: ShapedStack, namespace: string): SecretName[] {
  return (stack.namespaces?.[namespace]?.pullSecretsFrom ?? []).map((text) => {
    const [first = "", name] = text.split("/");
    return name === undefined ? { namespace: stateNamespace(stack), name: first } : { namespace: first, name };
  });
}
