import { ISTIO_BASE, ISTIOD } from "../catalog/istio.ts";
import { isMapping } from "../catalog/mapping.ts";
import type { JsonValue } from "../model/json.ts";
import { isList } from "./json-tree.ts";
import type { Path } from "./yaml-source.ts";

/** A name that the file gives to a release. */
export interface ReleaseName {
  readonly name: string;
  /** Where it stands; null for the releases that the istio section brings by itself. */
  readonly path: Path | null;
}

/** Every name that the file gives to a release, whatever else is wrong with it: Istio's first, doubles included. */
export function releaseNames(tree: JsonValue): ReleaseName[] {
  if (!isMapping(tree)) return [];
  const { istio, releases } = tree;
  const names: ReleaseName[] = [];
  if (istio !== undefined) names.push({ name: ISTIO_BASE, path: null }, { name: ISTIOD, path: null });
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

/** True when an entry of `releases` says no name that could be read. */
export function hasNamelessRelease(tree: JsonValue): boolean {
  const releases = isMapping(tree) ? tree["releases"] : undefined;
  if (releases === undefined) return false;
  return !isList(releases) || releases.some((release) => !isMapping(release) || typeof release["name"] !== "string");
}
