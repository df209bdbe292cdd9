import { istioReleases, type CatalogRelease } from "../catalog/istio.ts";
import { ISTIO_NAMESPACE } from "../catalog/istio-settings.ts";
import { ISTIO_CHARTS, ISTIO_HUB, isOfficialSource } from "../catalog/istio-sources.ts";
import { platformNeeds } from "../catalog/platforms.ts";
import { readSourceChart } from "./chart-reference.ts";
import type { ChartSources } from "./chart-sources.ts";
import type { DraftGateway, DraftRelease, DraftValues } from "./draft-release.ts";
import type { JsonObject } from "../model/json.ts";
import { istioParts } from "./istio-parts.ts";
import type { IstioEntry } from "./schema-istio.ts";
import type { ShapedStack } from "./shaped-stack.ts";
import { waitOptions } from "./wait-options.ts";

/** What Istio's releases are made from besides the file. */
export interface IstioDraftOptions {
  readonly sources: ChartSources;
  /** Where the charts are when the file does not say; null for Istio's own repository. */
  readonly defaultIstioSource: string | null;
  /** The platform that the environment names. */
  readonly profile: string | null;
}

/** The releases that the `istio` section stands for. None when its charts cannot be told. */
export function istioDrafts(
  stack: ShapedStack,
  istio: IstioEntry,
  { sources, defaultIstioSource, profile }: IstioDraftOptions,
): DraftRelease[] {
  const namespace = istio.namespace ?? ISTIO_NAMESPACE;
  const source = istio.source ?? defaultIstioSource ?? ISTIO_CHARTS;
  const place = sources.named.get(source)?.url ?? source;
  const official = istio.source === undefined || isOfficialSource(place);
  const releases = istioReleases({
    mode: istio.mode ?? "sidecar",
    cni: istioParts(istio, profile).cni,
    namespace,
    nodeAgentNamespace: platformNeeds(profile).nodeAgentNamespace ?? namespace,
    hub: istio.hub ?? (official ? ISTIO_HUB : null),
    imagePullSecrets: istio.imagePullSecrets ?? [],
    gateways: Object.entries(istio.gateways ?? {}).map(([name, gateway]) => ({ name, ...gateway })),
  });
  return releases.flatMap((release) => {
    const chart = readSourceChart(source, release.chart, sources);
    if ("message" in chart) return [];
    const { name, role, needs, injected, defaults, settings } = release;
    return [
      {
        name,
        namespace: release.namespace,
        role,
        chart,
        version: istio.version ?? null,
        needs,
        injected,
        wait: waitOptions(stack, undefined),
        adopt: false,
        forceConflicts: sectionOf(release, istio)?.forceConflicts ?? false,
        protect: false,
        defaults,
        settings,
        gateway: release.chart === "gateway" ? draftGateway(istio, name) : null,
        values: istioValues(release, istio),
      },
    ];
  });
}

function draftGateway({ gateways }: IstioEntry, name: string): DraftGateway {
  const { exposure = "internal", ports = [] } = gateways?.[name] ?? {};
  return { exposure, ports };
}

/** What the file says of one of Istio's releases alone: istiod's stands in the section itself. */
function sectionOf(
  { name, chart }: CatalogRelease,
  istio: IstioEntry,
): { readonly values?: JsonObject | undefined; readonly forceConflicts?: boolean | undefined } | null | undefined {
  if (chart === "istiod") return istio;
  return chart === "gateway" ? istio.gateways?.[name] : istio[chart];
}

function istioValues(release: CatalogRelease, istio: IstioEntry): DraftValues[] {
  const { name, chart } = release;
  const entry = sectionOf(release, istio)?.values;
  const place = { istiod: [], gateway: ["gateways", name], base: ["base"], cni: ["cni"], ztunnel: ["ztunnel"] }[chart];
  return entry === undefined ? [] : [{ entry, path: ["istio", ...place, "values"] }];
}
