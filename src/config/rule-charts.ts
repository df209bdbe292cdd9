import { retiredPlace, ISTIO_CHARTS, ISTIO_HUB } from "../catalog/istio-sources.ts";
import type { ConfigProblem } from "../model/errors.ts";
import { hasOneVersion, readChart, readSourceChart } from "./chart-reference.ts";
import { placedReleases, type RuleInput } from "./shaped-stack.ts";

/** Every release's chart can be told from what is written, and only charts that have versions name one. */
export function releaseCharts({ source, stack, folder }: RuleInput): ConfigProblem[] {
  return placedReleases(stack).flatMap(({ entry, path }) => {
    const chart = readChart(entry.chart, folder);
    if ("message" in chart) {
      const at = typeof entry.chart === "string" ? [...path, "chart"] : [...path, "chart", "source"];
      return [source.problem(at, "value", chart)];
    }
    if (entry.version === undefined || !hasOneVersion(chart)) return [];
    return [
      source.problem([...path, "version"], "key", {
        message: `"${entry.name}" takes its chart from ${chart.type === "folder" ? "a folder, which" : "an archive, which"} has just one version`,
        hint: "remove version",
      }),
    ];
  });
}

/** Istio's chart source can be told, and neither it nor the images' registry is about to go away. */
export function istioSource({ source, stack, folder }: RuleInput): ConfigProblem[] {
  const { source: charts, hub } = stack.istio ?? {};
  const problems: ConfigProblem[] = [];
  if (charts !== undefined) {
    const chart = readSourceChart(charts, "base", folder);
    if ("message" in chart) problems.push(source.problem(["istio", "source"], "value", chart));
  }
  for (const [key, location, replacement] of [
    ["source", charts, ISTIO_CHARTS],
    ["hub", hub, ISTIO_HUB],
  ] as const) {
    const retired = location === undefined ? null : retiredPlace(location);
    if (retired === null) continue;
    problems.push(
      source.problem(["istio", key], "value", {
        severity: "warning",
        message: `Istio removes ${retired} in December 2026`,
        hint: `use ${replacement}`,
      }),
    );
  }
  return problems;
}
