import semver from "semver";

import { FlotillaError } from "../model/errors.ts";
import type { ChartCandidate } from "./chart-candidate.ts";
import { nearName } from "../model/near-name.ts";

/** The error for a source that does not list a chart; it names the one that was probably meant. */
export function missingChart(source: string, name: string, others: readonly string[]): FlotillaError {
  const near = nearName(name, others);
  const few = others.length > 0 && others.length <= 10 ? `It has: ${others.join(", ")}.` : null;
  return new FlotillaError("chart-not-found", `${source} has no chart "${name}".`, {
    hint: near === null ? (few ?? "Check the chart's name and the address of its source.") : `Did you mean "${near}"?`,
  });
}

/** The newest versions first; what is no semantic version is left out. */
export function newestFirst(candidates: readonly ChartCandidate[]): readonly ChartCandidate[] {
  return candidates
    .filter((candidate) => semver.parse(candidate.version) !== null)
    .toSorted((left, right) => semver.compareBuild(right.version, left.version));
}

/** The error for a version that a source does not have; it names the newest five that there are. */
export function missingVersion(
  source: string,
  chart: string,
  version: string,
  candidates: readonly ChartCandidate[],
): FlotillaError {
  const newest = newestFirst(candidates).slice(0, 5);
  return new FlotillaError("chart-not-found", `${source} does not have version ${version} of the chart ${chart}.`, {
    hint:
      newest.length === 0
        ? "It has no version of it at all."
        : `The newest there are: ${newest.map((candidate) => candidate.version).join(", ")}. Move the pin with \`flotilla lock --update\`.`,
  });
}
