import type { ConfigProblem } from "../model/errors.ts";
import { releaseNames } from "./release-names.ts";
import type { RuleInput } from "./shaped-stack.ts";
import type { Path } from "./yaml-source.ts";

/** Every release has a name of its own, gateways and Istio's releases included. */
export function duplicateNames({ source, tree }: RuleInput): ConfigProblem[] {
  const seen = new Map<string, Path | null>();
  return releaseNames(tree).flatMap(({ name, path }) => {
    const first = seen.get(name);
    if (!seen.has(name)) seen.set(name, path);
    if (first === undefined || path === null) return [];
    const hint =
      first === null ? "the istio section brings a release of this name" : `first used in line ${source.line(first)}`;
    return [
      source.problem(path, path[0] === "releases" ? "value" : "key", {
        message: `two releases are named "${name}"`,
        hint,
      }),
    ];
  });
}
