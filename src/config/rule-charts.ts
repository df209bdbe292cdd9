import { ISTIO_CHARTS, ISTIO_HUB, retiredPlace } from "../catalog/istio-sources.ts";
import type { ConfigProblem } from "../model/errors.ts";
import type { ChartReference } from "../model/stack.ts";
import { type ChartEntry, hasOneVersion, readChart, readSourceChart } from "./chart-reference.ts";
import { type ChartSources, chartSources } from "./chart-sources.ts";
import { valueAt } from "./json-tree.ts";
import { type PlacedRelease, placedReleases, type RuleInput } from "./shaped-stack.ts";
import { pathText } from "./yaml-source.ts";

/** Every release's chart can be told from what is written, and only charts that have versions name one. */
export function releaseCharts(input: RuleInput): ConfigProblem[] {
  const sources = chartSources(input);
  return placedReleases(input.stack).flatMap((placed) => {
    const { chart, manifests } = placed.entry;
    if (chart === undefined && manifests === undefined) return neither(input, placed);
    if (chart !== undefined && manifests !== undefined) return [both(input, placed)];
    return chart === undefined ? needlessVersion(input, placed, "manifests") : ownChart(input, placed, chart, sources);
  });
}

function neither({ source, tree }: RuleInput, { path }: PlacedRelease): ConfigProblem[] {
  // One that is there does not fit, then, which is told already.
  if (["chart", "manifests"].some((key) => valueAt(tree, [...path, key]) !== undefined)) return [];
  const message = `${pathText(path)} needs the key "chart" or "manifests"`;
  const hint = "chart: ./charts/app, an archive, oci://…, or { source: …, name: … }; or manifests: [files/*.yaml]";
  return [source.problem(path, "key", { message, hint })];
}

function both({ source }: RuleInput, { entry, path }: PlacedRelease): ConfigProblem {
  return source.problem([...path, "manifests"], "key", {
    message: `"${entry.name}" has both a chart and manifests`,
    hint: "keep one of the two; a release of its own can hold the other",
  });
}

function ownChart(input: RuleInput, placed: PlacedRelease, entry: ChartEntry, sources: ChartSources): ConfigProblem[] {
  const chart = readChart(entry, sources);
  if (!("message" in chart)) return hasOneVersion(chart) ? needlessVersion(input, placed, chart.type) : [];
  if (chart.elsewhere) return [];
  const at = typeof entry === "string" ? ["chart"] : ["chart", "source"];
  return [input.source.problem([...placed.path, ...at], "value", chart)];
}

const ONE_VERSION: Partial<Record<ChartReference["type"], string>> = {
  folder: "takes its chart from a folder, which has just one version",
  archive: "takes its chart from an archive, which has just one version",
  manifests: "is made of manifests, which have no version",
};

function needlessVersion(
  { source }: RuleInput,
  { entry, path }: PlacedRelease,
  type: ChartReference["type"],
): ConfigProblem[] {
  if (entry.version === undefined) return [];
  const message = `"${entry.name}" ${ONE_VERSION[type]}`;
  return [source.problem([...path, "version"], "key", { message, hint: "remove version" })];
}

/** Istio's chart source can be told, and neither it nor the images' registry is about to go away. */
export function istioSource(input: RuleInput): ConfigProblem[] {
  const { source, stack } = input;
  const { source: charts, hub } = stack.istio ?? {};
  const problems: ConfigProblem[] = [];
  if (charts !== undefined) {
    const chart = readSourceChart(charts, "base", chartSources(input));
    if ("message" in chart && !chart.elsewhere) problems.push(source.problem(["istio", "source"], "value", chart));
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
