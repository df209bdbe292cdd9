import { addonOfChart } from "../catalog/addons.ts";
import { isAmbient, isInjected } from "../catalog/injection.ts";
import { ISTIO_CNI, ISTIOD, ZTUNNEL } from "../catalog/istio-settings.ts";
import type { ConfigProblem } from "../model/errors.ts";
import type { ChartReference } from "../model/stack.ts";
import { isLeftToTunnel, poolDrafts } from "./address-pool.ts";
import { missingChart } from "./chart-paths.ts";
import { readChart } from "./chart-reference.ts";
import { type ChartSources, chartSources } from "./chart-sources.ts";
import { isMapping } from "../catalog/mapping.ts";
import { istioDrafts } from "./draft-istio.ts";
import type { DraftRelease } from "./draft-release.ts";
import { istioParts } from "./istio-parts.ts";
import { itemsAt } from "./json-tree.ts";
import { manifestFiles } from "./manifest-files.ts";
import { placedReleases, type PlacedRelease, type RuleInput, type ShapedStack } from "./shaped-stack.ts";
import type { StackInput } from "./stack-input.ts";
import { waitOptions } from "./wait-options.ts";

/** Releases, and what came up while the files that they name were looked up. */
export interface Drafts {
  readonly releases: readonly DraftRelease[];
  readonly problems: readonly ConfigProblem[];
}

/**
 * Every release of the file, Istio's first. Those whose chart cannot be told are left out.
 * @param profile the platform that the environment names
 */
export async function draftReleases(rules: RuleInput, input: StackInput, profile: string | null): Promise<Drafts> {
  const { stack } = rules;
  const sources = chartSources(rules);
  const { defaultIstioSource } = input;
  const istio = stack.istio ? istioDrafts(stack, stack.istio, { sources, defaultIstioSource, profile }) : [];
  const implied = (namespace: string): Implied => impliedBy(stack, namespace, profile);
  const own = await Promise.all(
    placedReleases(stack).map(async (placed) => {
      const { chart, problems } = await ownChart(placed, rules, input, sources);
      const release = chart === null ? [] : [ownDraft(rules, placed, chart, implied(placed.entry.namespace))];
      return { release, problems };
    }),
  );
  const releases = [...istio, ...own.flatMap(({ release }) => release)].filter(
    (draft) => !isLeftToTunnel(rules, draft),
  );
  return {
    releases: [...releases, ...poolDrafts(rules, input, releases)],
    problems: own.flatMap(({ problems }) => problems),
  };
}

/** Null for a chart that cannot be told. */
async function ownChart(
  placed: PlacedRelease,
  rules: RuleInput,
  input: StackInput,
  sources: ChartSources,
): Promise<{ readonly chart: ChartReference | null; readonly problems: readonly ConfigProblem[] }> {
  const { chart: entry, manifests, name } = placed.entry;
  if (manifests !== undefined) {
    const { files, problems } = await manifestFiles(placed, rules, input);
    return { chart: { type: "manifests", name, files }, problems };
  }
  const chart = entry === undefined ? null : readChart(entry, sources);
  if (chart === null || "message" in chart) return { chart: null, problems: [] };
  return { chart, problems: await missingChart(placed, chart, rules, input) };
}

/** What the labels of a release's namespace mean for it. */
interface Implied {
  readonly needs: readonly string[];
  readonly injected: boolean;
}

/** Pods that join the mesh come after what takes them in: nothing does so later. */
function impliedBy({ istio, namespaces }: ShapedStack, namespace: string, profile: string | null): Implied {
  const labels = namespaces?.[namespace]?.labels ?? {};
  const injected = isInjected(labels);
  if (!istio) return { needs: [], injected };
  const { cni, ztunnel } = istioParts(istio, profile);
  const needs = [
    ...(injected ? [ISTIOD] : []),
    ...(injected && cni && !ztunnel ? [ISTIO_CNI] : []),
    ...(ztunnel && isAmbient(labels) ? [ZTUNNEL] : []),
  ];
  return { needs, injected };
}

function ownDraft(
  { stack, tree }: RuleInput,
  { entry, path }: PlacedRelease,
  chart: ChartReference,
  implied: Implied,
): DraftRelease {
  const addon = addonOfChart(chart);
  return {
    name: entry.name,
    namespace: entry.namespace,
    role: addon?.role ?? null,
    chart,
    version: entry.version ?? null,
    needs: [...new Set([...(entry.needs ?? []), ...implied.needs])],
    injected: implied.injected,
    wait: waitOptions(stack, entry.wait),
    adopt: entry.adopt ?? false,
    forceConflicts: entry.forceConflicts ?? false,
    protect: entry.protect ?? false,
    defaults: addon?.defaults ?? {},
    settings: {},
    gateway: null,
    values: itemsAt(tree, [...path, "values"]).flatMap(({ value, path: at }) =>
      typeof value === "string" || isMapping(value) ? [{ entry: value, path: at }] : [],
    ),
  };
}
