import type { ChartCandidate } from "../charts/chart-candidate.ts";
import { findChartVersion, listChartVersions } from "../charts/list-versions.ts";
import { chartLabel, sourceName } from "../charts/source-name.ts";
import { chooseVersion, exactVersion, offerVersions } from "../lock/choose-version.ts";
import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { Release } from "../model/stack.ts";

/**
 * The newest version of a chart that its range allows.
 * @param wanted - `name` is for people: of the release that needs it
 * @throws FlotillaError `chart-not-found` when none fits, naming those that are near, and what listing versions throws
 */
export async function chooseCandidate(
  { name, chart, version }: Pick<Release, "name" | "chart" | "version">,
  context: RunContext,
): Promise<ChartCandidate> {
  const exact = exactVersion(version);
  if (exact !== null && chart.type === "oci") {
    return findChartVersion(chart, exact, context);
  }
  const candidates = await listChartVersions(chart, context);
  const chosen = chooseVersion(version, candidates);
  if (chosen !== null) {
    return chosen;
  }
  const what = `the chart ${chartLabel(chart)} of release ${name}`;
  const wanted = version === null ? "version that is no pre-release" : `version that fits ${version}`;
  const offers = offerVersions(version, candidates, 5);
  throw new FlotillaError("chart-not-found", `${sourceName(chart)} has no ${wanted} for ${what}.`, {
    hint:
      offers.length === 0
        ? "It has no version of it at all."
        : `It has, among others: ${offers.join(", ")}. Pre-releases are taken only when the range names one, as in ">=1.0.0-0".`,
  });
}
