import { resolve } from "node:path";
import { didYouMean } from "../model/near-name.ts";
import type { ChartReference } from "../model/stack.ts";
import { type ChartSources, sourceAccess } from "./chart-sources.ts";

/** Why something is no chart. */
export interface ChartFault {
  readonly message: string;
  readonly hint: string | null;
  /** True: the named source itself is at fault, which is said where it is declared. */
  readonly elsewhere?: boolean;
}

/** A chart as the stack file names it. */
export type ChartEntry = string | { readonly source: string; readonly name: string };

/** Names one manifest in a registry, as in `oci://host/path@sha256:…`. */
const MANIFEST_DIGEST = /@sha256:[0-9a-f]{64}$/;

/** Reads a release's `chart`. */
export function readChart(entry: ChartEntry, sources: ChartSources): ChartReference | ChartFault {
  if (typeof entry !== "string") return readSourceChart(entry.source, entry.name, sources);
  if (entry.startsWith("oci://")) return readOci(entry);
  if (isUrl(entry)) {
    return {
      message: "a URL alone is no chart",
      hint: "name the repository and the chart: { source: https://…, name: … }",
    };
  }
  if (/\.(tgz|tar\.gz)$/.test(entry)) return { type: "archive", path: resolve(sources.folder, entry) };
  if (isPath(entry)) return { type: "folder", path: resolve(sources.folder, entry) };
  return {
    message: `"${entry}" is no chart`,
    hint: `write ./${entry} for a folder, or { source: …, name: … } for a chart in a repository`,
  };
}

/** A chart in a registry, by its name or by the digest of its manifest. */
function readOci(url: string): ChartReference | ChartFault {
  const chart = url.replace(MANIFEST_DIGEST, "");
  if (/@sha\d+:/.test(chart)) {
    return {
      message: "this digest is none: sha256: stands before 64 hex digits, 0-9 and a-f",
      hint: "copy the whole digest, or leave it out and put a version under version:",
    };
  }
  return urlFault(chart) ?? { type: "oci", url };
}

/** The chart `name` of a source: a repository's URL, `oci://…`, a folder of archives, or the name of one of these. */
export function readSourceChart(source: string, name: string, sources: ChartSources): ChartReference | ChartFault {
  if (isUrl(source) || isPath(source)) return readPlace(source, name, sources.folder);
  const entry = sources.named.get(source);
  if (entry === undefined) return unknownSource(source, [...sources.named.keys()]);
  const chart = entry === null ? ELSEWHERE : readPlace(entry.url, name, sources.folder);
  if ("message" in chart) return ELSEWHERE;
  const isRemote = chart.type === "oci" || (chart.type === "repository" && isUrl(chart.url));
  return isRemote ? { ...chart, access: sourceAccess(source, sources) } : chart;
}

/** The chart `name` in a place that is written out: a URL or a path, taken from `folder`. */
export function readPlace(place: string, name: string, folder: string): ChartReference | ChartFault {
  if (place.startsWith("oci://")) return urlFault(place) ?? { type: "oci", url: `${trimSlashes(place)}/${name}` };
  if (/^https?:\/\//.test(place)) return urlFault(place) ?? { type: "repository", url: trimSlashes(place), name };
  if (isPath(place)) return { type: "repository", url: resolve(folder, place), name };
  return { message: "a source is http(s)://…, oci://… or a folder (./…)", hint: null };
}

const ELSEWHERE: ChartFault = { message: "the source is not sound", hint: null, elsewhere: true };

function unknownSource(name: string, names: readonly string[]): ChartFault {
  const near = didYouMean(name, names);
  const others = names.length === 0 ? "" : `; sources: ${names.join(", ")}`;
  return {
    message: `there is no source "${name}"`,
    hint: near ?? `name it under sources, write the URL itself, or ./${name} for a folder${others}`,
  };
}

/** True when there is nothing to choose a version from. */
export function hasOneVersion(chart: ChartReference): boolean {
  return chart.type === "folder" || chart.type === "archive" || chart.type === "manifests";
}

function urlFault(text: string): ChartFault | null {
  // A variable that is not set is told of elsewhere, or not at all.
  const settled = text.replaceAll(/\$\{(?:env|secret):[^}]*\}/g, "unset");
  const url = URL.canParse(settled) ? new URL(settled) : null;
  if (!url || url.host === "") return { message: "this is no URL that anybody could open", hint: null };
  if (url.username !== "" || url.password !== "") {
    return {
      message: "a URL in a stack file must not carry credentials",
      hint: "name the source under sources with username and password, or log in with helm registry login",
    };
  }
  if (url.protocol === "oci:" && /[:@]/.test(url.pathname)) {
    return { message: "an OCI chart is named without its tag or digest", hint: "put the version under version:" };
  }
  if (url.search !== "" || url.hash !== "") return { message: "a chart's URL has no ? and no #", hint: null };
  return null;
}

function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

function isPath(text: string): boolean {
  return /^(\.{1,2}$|\.{1,2}\/|\/)/.test(text);
}

function trimSlashes(text: string): string {
  return text.replace(/\/+$/, "");
}
