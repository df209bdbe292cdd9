import type { Finding } from "../model/finding.ts";
import type { AccessNeed } from "./access-needs.ts";
import { type Facts, valueOf } from "./facts.ts";
import { finding } from "./finding-codes.ts";
import { inWords } from "./in-words.ts";

/** Who are we to the cluster? */
export function checkIdentity({ identity, cluster }: Facts): readonly Finding[] {
  const name = valueOf(identity);
  if (name === null) return [];
  const context = valueOf(cluster)?.context ?? "";
  return [
    finding("identity", `The cluster of context ${context} takes you for ${name}.`, "`kubectl auth whoami` says more."),
  ];
}

/** May we do what the stack needs? One finding a namespace, and one for what is cluster-wide. */
export function checkAccess({ denials, identity }: Facts): readonly Finding[] {
  const who = valueOf(identity) ?? "You";
  const denied = valueOf(denials) ?? [];
  const places = [...new Set(denied.map(({ namespace }) => namespace))].toSorted((one, other) =>
    (one ?? "").localeCompare(other ?? ""),
  );
  return places.map((place) => {
    const rights = rightsInWords(denied.filter(({ namespace }) => namespace === place));
    const where = place === null ? "Cluster-wide" : `In namespace ${place}`;
    const role = place === null ? "ClusterRole" : "Role";
    return finding(
      "permission-missing",
      `${where}, ${who} may not ${rights}.`,
      `Ask whoever runs the cluster for a ${role} that allows it; \`kubectl auth can-i --list${place === null ? "" : ` --namespace ${place}`}\` shows what you may do.`,
    );
  });
}

/** Resources that lack the same verbs are named together: `create and patch deployments.apps and services`. */
function rightsInWords(needs: readonly AccessNeed[]): string {
  const verbsOf = new Map<string, string[]>();
  for (const { verb, group, resource } of needs) {
    const name = group === "" ? resource : `${resource}.${group}`;
    verbsOf.set(name, [...(verbsOf.get(name) ?? []), verb]);
  }
  const resourcesOf = new Map<string, string[]>();
  for (const [name, verbs] of verbsOf) {
    const key = inWords(verbs, "or");
    resourcesOf.set(key, [...(resourcesOf.get(key) ?? []), name]);
  }
  return [...resourcesOf].map(([verbs, names]) => `${verbs} ${inWords(names.toSorted())}`).join("; ");
}
