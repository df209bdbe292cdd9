import type { KubeClient } from "../kube/kube-client.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { Stack } from "../model/stack.ts";
import type { Fact } from "../preflight/facts.ts";

/** The namespace of flotilla's records; null when there is none. */
export function readStateNamespace(
  client: KubeClient,
  { stateNamespace: name }: Pick<Stack, "stateNamespace">,
  signal: AbortSignal,
): Promise<KubeObject | null> {
  return client.get({ apiVersion: "v1", kind: "Namespace", namespace: null, name }, signal);
}

/** True when it is known that the namespace is not there. Who may not look can only work with one that is. */
export function isGone(found: Fact<KubeObject | null>): boolean {
  return found !== null && "value" in found && found.value === null;
}
