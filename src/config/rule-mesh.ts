import { ISTIO_BASE, ISTIOD } from "../catalog/istio-settings.ts";
import type { ConfigProblem } from "../model/errors.ts";
import type { DraftRelease } from "./draft-release.ts";
import { placedReleases, type RuleInput } from "./shaped-stack.ts";

/** Without these nothing of this stack injects: a pod that asks for a proxy would keep the image `auto`. */
const ESSENTIAL: readonly string[] = [ISTIO_BASE, ISTIOD];

/**
 * An environment that goes without istiod, or without what istiod needs, counts on a mesh that others run there: nothing
 * waits for that one, so it is said. Who wrote the need is told there (rule-needs.ts); the node agents can be others'.
 */
export function missingMesh(input: RuleInput, drafts: readonly DraftRelease[]): ConfigProblem[] {
  const { stack, environment, source } = input;
  const changes = stack.environments?.[environment.name]?.releases ?? {};
  const isDisabled = (name: string): boolean => Object.hasOwn(changes, name) && changes[name]?.enabled === false;
  const written = new Map(placedReleases(stack).map(({ entry }) => [entry.name, entry.needs ?? []]));
  return ESSENTIAL.filter(isDisabled).flatMap((missing) => {
    const left = drafts.filter(
      ({ name, needs }) => needs.includes(missing) && !isDisabled(name) && !written.get(name)?.includes(missing),
    );
    if (left.length === 0) return [];
    const names = left.map(({ name }) => `"${name}"`).join(", ");
    return [
      source.problem(["environments", environment.name, "releases", missing], "key", {
        severity: "warning",
        message: `the environment "${environment.name}" goes without "${missing}": ${names} ${left.length === 1 ? "counts" : "count"} on one that others run there, and nothing waits for it`,
        hint: `where nobody runs one, disable ${left.length === 1 ? "it" : "them"} as well: pods would wait for their proxies in vain`,
      }),
    ];
  });
}
