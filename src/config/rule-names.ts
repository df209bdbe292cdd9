import { isMapping } from "../catalog/mapping.ts";
import type { ConfigProblem } from "../model/errors.ts";
import { valueAt } from "./json-tree.ts";
import { releaseNames } from "./release-names.ts";
import { dnsLabel } from "./schema-parts.ts";
import type { RuleInput } from "./shaped-stack.ts";
import { type Path, pathText } from "./yaml-source.ts";

/** Every release has a name of its own, gateways and Istio's releases included. */
export function duplicateNames({ source, tree }: RuleInput): ConfigProblem[] {
  const seen = new Map<string, Path | null>();
  return releaseNames(tree).flatMap(({ name, path }) => {
    const first = seen.get(name);
    if (!seen.has(name)) seen.set(name, path);
    if (first === undefined || path === null) return [];
    const hint =
      first === null
        ? `${name.endsWith("-pool") ? "addressPool" : "the istio section"} brings a release of this name`
        : `first used in line ${source.line(first)}`;
    return [
      source.problem(path, path[0] === "releases" ? "value" : "key", {
        message: `two releases are named "${name}"`,
        hint,
      }),
    ];
  });
}

/** What the keys of these sections name. */
const NAMED: readonly (readonly [Path, string])[] = [
  [["environments"], "an environment"],
  [["sources"], "a source"],
  [["namespaces"], "a namespace"],
  [["istio", "gateways"], "a release"],
];

/** Names that stand as keys are DNS labels. */
export function keyNames({ source, tree }: RuleInput): ConfigProblem[] {
  return NAMED.flatMap(([section, what]) => {
    const label = dnsLabel(what);
    const entries = valueAt(tree, section);
    return Object.keys(isMapping(entries) ? entries : {}).flatMap((key) => {
      const fault = label.safeParse(key).error?.issues[0];
      if (!fault) return [];
      const path = [...section, key];
      return [source.problem(path, "key", { message: `${pathText(path)}: ${fault.message}` })];
    });
  });
}
