import type { GatewayPort } from "../catalog/gateway-ports.ts";
import { isInjected } from "../catalog/injection.ts";
import { ISTIO_NAMESPACE, ISTIOD, istioReleases, type CatalogRelease } from "../catalog/istio.ts";
import { ISTIO_CHARTS, ISTIO_HUB, isOfficialSource } from "../catalog/istio-sources.ts";
import type { JsonObject } from "../model/json.ts";
import type { ChartReference, ReleaseRole, WaitOptions } from "../model/stack.ts";
import { readChart, readSourceChart } from "./chart-reference.ts";
import { parseDuration } from "../model/durations.ts";
import type { IstioEntry } from "./schema.ts";
import { placedReleases, type PlacedRelease, type ShapedStack } from "./shaped-stack.ts";
import type { Path } from "./yaml-source.ts";

/** A release before its values are merged. */
export interface DraftRelease {
  readonly name: string;
  readonly namespace: string;
  readonly role: ReleaseRole | null;
  readonly chart: ChartReference;
  readonly version: string | null;
  /** Written ones before implied ones. */
  readonly needs: readonly string[];
  readonly injected: boolean;
  readonly wait: WaitOptions;
  /** Values below the profile's. */
  readonly defaults: JsonObject;
  /** Values right above the profile's. */
  readonly settings: JsonObject;
  /** Ports that a gateway opens beside its usual ones. */
  readonly ports: readonly GatewayPort[];
  /** Values that the stack file gives to the release, in order: files and mappings. */
  readonly values: readonly DraftValues[];
}

/** One entry of a release's `values`, and where it stands. */
export interface DraftValues {
  readonly entry: string | JsonObject;
  readonly path: Path;
}

/** What drafts are made from. */
export interface DraftOptions {
  /** Folder of the stack file. */
  readonly folder: string;
  readonly defaultIstioSource: string | null;
}

/** How long a release may take when nothing says otherwise, as under helm. */
const DEFAULT_TIMEOUT = "5m";

/** Every release of the file, Istio's first. Those whose chart cannot be told are left out. */
export function draftReleases(stack: ShapedStack, options: DraftOptions): DraftRelease[] {
  const istio = stack.istio ? istioDrafts(stack, stack.istio, options) : [];
  const own = placedReleases(stack).flatMap((placed) => ownDraft(stack, placed, options));
  return [...istio, ...own];
}

function istioDrafts(
  stack: ShapedStack,
  istio: IstioEntry,
  { folder, defaultIstioSource }: DraftOptions,
): DraftRelease[] {
  const gateways = istio.gateways ?? {};
  const official = istio.source === undefined || isOfficialSource(istio.source);
  const releases = istioReleases({
    namespace: istio.namespace ?? ISTIO_NAMESPACE,
    hub: istio.hub ?? (official ? ISTIO_HUB : null),
    imagePullSecrets: istio.imagePullSecrets ?? [],
    gateways: Object.entries(gateways).map(([name, { role, namespace }]) => ({ name, role, namespace })),
  });
  const source = istio.source ?? defaultIstioSource ?? ISTIO_CHARTS;
  return releases.flatMap((release) => {
    const chart = readSourceChart(source, release.chart, folder);
    if ("message" in chart) return [];
    const { name, namespace, role, needs, injected, defaults, settings } = release;
    const ports = release.chart === "gateway" ? (gateways[name]?.ports ?? []) : [];
    const wait = { enabled: true, timeoutMs: defaultTimeout(stack) };
    const version = istio.version ?? null;
    const values = istioValues(release, istio);
    return [{ name, namespace, role, needs, injected, defaults, settings, chart, version, wait, ports, values }];
  });
}

function istioValues({ name, chart }: CatalogRelease, istio: IstioEntry): DraftValues[] {
  const byChart = {
    base: { entry: istio.base?.values, path: ["istio", "base", "values"] },
    istiod: { entry: istio.values, path: ["istio", "values"] },
    gateway: { entry: istio.gateways?.[name]?.values, path: ["istio", "gateways", name, "values"] },
  };
  const { entry, path } = byChart[chart];
  return entry === undefined ? [] : [{ entry, path }];
}

function ownDraft(stack: ShapedStack, { entry, path }: PlacedRelease, { folder }: DraftOptions): DraftRelease[] {
  const chart = readChart(entry.chart, folder);
  if ("message" in chart) return [];
  const injected = isInjected(stack.namespaces?.[entry.namespace]?.labels ?? {});
  const implied = injected && stack.istio ? [ISTIOD] : [];
  const { name, namespace } = entry;
  return [
    {
      name,
      namespace,
      role: null,
      chart,
      version: entry.version ?? null,
      needs: [...new Set([...(entry.needs ?? []), ...implied])],
      injected,
      wait: waitOptions(stack, entry.wait),
      defaults: {},
      settings: {},
      ports: [],
      values: (entry.values ?? []).map((layer, index) => ({ entry: layer, path: [...path, "values", index] })),
    },
  ];
}

function waitOptions(stack: ShapedStack, wait: PlacedRelease["entry"]["wait"]): WaitOptions {
  const timeout = wait ? wait.timeout : undefined;
  return {
    enabled: wait !== false,
    timeoutMs: timeout === undefined ? defaultTimeout(stack) : (parseDuration(timeout) ?? 0),
  };
}

function defaultTimeout({ defaults }: ShapedStack): number {
  return parseDuration(defaults?.timeout ?? DEFAULT_TIMEOUT) ?? 0;
}
