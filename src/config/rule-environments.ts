import { PLATFORMS } from "../catalog/platforms.ts";
import type { ConfigProblem } from "../model/errors.ts";
import { didYouMeanOneOf } from "../model/near-name.ts";
import { hasReference } from "./references.ts";
import { releaseNames } from "./release-names.ts";
import type { RuleInput } from "./shaped-stack.ts";

/** What an environment changes is there to be changed, in every environment. */
export function environmentReleases({ source, stack, tree }: RuleInput): ConfigProblem[] {
  const names = releaseNames(tree).map(({ name }) => name);
  return Object.entries(stack.environments ?? {}).flatMap(([environment, entry]) =>
    (["values", "releases"] as const).flatMap((section) =>
      Object.keys(entry?.[section] ?? {})
        .filter((name) => !names.includes(name))
        .map((name) =>
          source.problem(["environments", environment, section, name], "key", {
            message: `the environment "${environment}" changes "${name}", but there is no such release`,
            hint: didYouMeanOneOf(name, "releases", names),
          }),
        ),
    ),
  );
}

/** Profiles are platforms that flotilla knows, in every environment. Whether this version brings it is seen when it is read. */
export function knownProfiles({ source, stack, environment }: RuleInput): ConfigProblem[] {
  const platforms: readonly string[] = PLATFORMS;
  return Object.entries(stack.environments ?? {}).flatMap(([name, entry]) => {
    const profile = entry?.profile;
    if (profile === undefined || platforms.includes(profile)) return [];
    // What it stands for is known only once it is the environment at hand.
    if (name !== environment.name && hasReference(profile)) return [];
    return [
      source.problem(["environments", name, "profile"], "value", {
        message: `there is no profile "${profile}"`,
        hint: didYouMeanOneOf(profile, "profiles", platforms),
      }),
    ];
  });
}
