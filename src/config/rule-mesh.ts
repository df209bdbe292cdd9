import { ISTIO_BASE, ISTIOD } from "../catalog/istio-settings.ts";
import type { ConfigProblem } from "../model/errors.ts";
import type { DraftRelease } from "./draft-release.ts";
import { placedReleases, type RuleInput } from "./shaped-stack.ts";

/** Without these nothing injects: a pod that asks for a proxy would keep the image `auto` for ever. */
const ESSENTIAL: readonly string[] = [ISTIO_BASE, ISTIOD];

/**
 * An environment that goes without istiod, or without what istiod needs, has nothing that would be injected by it. Who
 * wrote the need is told there (rule-needs.ts); the node agents can be others'.
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
        message: `the environment "${environment.name}" goes without "${missing}", which ${names} ${left.length === 1 ? "needs" : "need"}`,
        hint: `disable ${left.length === 1 ? "it" : "them"} as well; a stack without istio: joins a mesh that others run`,
      }),
    ];
  });
}
