import { ISTIO_BASE, ISTIO_CNI, ISTIOD, ZTUNNEL } from "../catalog/istio-settings.ts";
import { addonNamed, METALLB } from "../catalog/addons.ts";
import { isMapping } from "../catalog/mapping.ts";
import { platformNeeds } from "../catalog/platforms.ts";
import type { JsonObject, JsonValue } from "../model/json.ts";
import { poolName } from "./address-pool.ts";
import { isList } from "./json-tree.ts";
import type { Path } from "./yaml-source.ts";

/** A name that the file gives to a release. */
export interface ReleaseName {
  readonly name: string;
  /** Where it stands; null for the releases that the istio section and an addressPool bring by themselves. */
  readonly path: Path | null;
}

/** Every name that the file gives to a release, whatever else is wrong with it: Istio's first, doubles included. */
export function releaseNames(tree: JsonValue): ReleaseName[] {
  if (!isMapping(tree)) return [];
  const { istio, releases } = tree;
  const names: ReleaseName[] = [...istioNames(tree), ...metallbsWithPool(tree).map(poolName)].map((name) => ({
    name,
    path: null,
  }));
  const gateways = isMapping(istio) ? istio["gateways"] : undefined;
  for (const name of isMapping(gateways) ? Object.keys(gateways) : []) {
    names.push({ name, path: ["istio", "gateways", name] });
  }
  for (const [index, release] of (isList(releases) ? releases : []).entries()) {
    const name = isMapping(release) ? release["name"] : undefined;
    if (typeof name === "string") names.push({ name, path: ["releases", index, "name"] });
  }
  return names;
}

/** Names of the MetalLBs that get a pool in some environment or other. */
export function metallbsWithPool(tree: JsonValue): string[] {
  if (!isMapping(tree)) return [];
  const { environments, releases } = tree;
  const asked = Object.values(isMapping(environments) ? environments : {}).some((environment) => {
    const pool = isMapping(environment) ? environment["addressPool"] : undefined;
    return pool !== undefined && pool !== "tunnel";
  });
  if (!asked || !isList(releases)) return [];
  return releases.flatMap((release) => {
    const { name, chart } = isMapping(release) ? release : {};
    const place = isMapping(chart) ? chart["name"] : chart;
    const isMetallb = typeof place === "string" && addonNamed(place) === METALLB;
    return isMetallb && typeof name === "string" ? [name] : [];
  });
}

/** What the istio section brings in some environment or other. */
function istioNames({ istio, environments }: JsonObject): string[] {
  if (istio === undefined) return [];
  const { mode, cni } = isMapping(istio) ? istio : {};
  const profiles = Object.values(isMapping(environments) ? environments : {}).map((environment) =>
    isMapping(environment) ? environment["profile"] : undefined,
  );
  const asked = profiles.some((profile) => typeof profile === "string" && platformNeeds(profile).cni);
  const agents = mode === "ambient" ? [ISTIO_CNI, ZTUNNEL] : cni !== undefined || asked ? [ISTIO_CNI] : [];
  return [ISTIO_BASE, ISTIOD, ...agents];
}

/** True when an entry of `releases` says no name that could be read. */
export function hasNamelessRelease(tree: JsonValue): boolean {
  const releases = isMapping(tree) ? tree["releases"] : undefined;
  if (releases === undefined) return false;
  return !isList(releases) || releases.some((release) => !isMapping(release) || typeof release["name"] !== "string");
}
