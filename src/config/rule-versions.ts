import validRange from "semver/ranges/valid.js";
import type { ConfigProblem } from "../model/errors.ts";
import { placedReleases, type RuleInput } from "./shaped-stack.ts";
import type { Path } from "./yaml-source.ts";

/** Every version is a semver range. */
export function versionRanges({ source, stack }: RuleInput): ConfigProblem[] {
  const ranges: { path: Path; range: string | undefined }[] = [
    ...(["helm", "kubernetes", "flotilla"] as const).map((name) => ({
      path: ["requires", name],
      range: stack.requires?.[name],
    })),
    { path: ["istio", "version"], range: stack.istio?.version },
    ...placedReleases(stack).map(({ entry, path }) => ({ path: [...path, "version"], range: entry.version })),
  ];
  return ranges.flatMap(({ path, range }) => {
    // A variable that is not set is told of elsewhere, or not at all.
    if (range === undefined || range.includes("${env:")) return [];
    if (range.trim() !== "" && validRange(range) !== null) return [];
    const hint = range.includes(",")
      ? "part the conditions with a blank: >=1.2 <2"
      : "such as 1.2.3, ~1.31.0, ^1.2 or >=1.2 <2";
    return [source.problem(path, "value", { message: `"${range}" is no semver range`, hint })];
  });
}
