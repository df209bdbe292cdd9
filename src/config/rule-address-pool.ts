import { addonOfChart, METALLB } from "../catalog/addons.ts";
import type { ConfigProblem } from "../model/errors.ts";
import { readChart } from "./chart-reference.ts";
import { chartSources } from "./chart-sources.ts";
import { placedReleases, type RuleInput } from "./shaped-stack.ts";

/** Addresses need somebody who gives them out, in every environment that has some. */
export function addressPools(input: RuleInput): ConfigProblem[] {
  const metallbs = metallbNames(input);
  return Object.entries(input.stack.environments ?? {}).flatMap(([name, environment]) => {
    const pool = environment?.addressPool;
    if (pool === undefined || pool === "tunnel") return [];
    const enabled = metallbs.filter((metallb) => environment?.releases?.[metallb]?.enabled !== false);
    if (enabled.length > 0) return [];
    return [
      input.source.problem(["environments", name, "addressPool"], "key", {
        message: `the environment "${name}" has an addressPool, but no MetalLB that could give it out`,
        hint: "add a release of the chart metallb, or write addressPool: tunnel where something else gives addresses",
      }),
    ];
  });
}

function metallbNames(input: RuleInput): string[] {
  const sources = chartSources(input);
  return placedReleases(input.stack).flatMap(({ entry }) => {
    const chart = entry.chart === undefined ? null : readChart(entry.chart, sources);
    const isMetallb = chart !== null && !("message" in chart) && addonOfChart(chart) === METALLB;
    return isMetallb ? [entry.name] : [];
  });
}
