import { resolve } from "node:path";
import type { ChartReference } from "../model/stack.ts";

/** Why something is no chart. */
export interface ChartFault {
  readonly message: string;
  readonly hint: string | null;
}

/** A chart as the stack file names it. */
export type ChartEntry = string | { readonly source: string; readonly name: string };

/** Reads a release's `chart`. Paths are taken from `folder`, the stack file's. */
export function readChart(entry: ChartEntry, folder: string): ChartReference | ChartFault {
  if (typeof entry !== "string") return readSourceChart(entry.source, entry.name, folder);
  if (entry.startsWith("oci://")) return urlFault(entry) ?? { type: "oci", url: entry };
  if (isUrl(entry)) {
    return {
      message: "a URL alone is no chart",
      hint: "name the repository and the chart: { source: https://…, name: … }",
    };
  }
  if (/\.(tgz|tar\.gz)$/.test(entry)) return { type: "archive", path: resolve(folder, entry) };
  if (isPath(entry)) return { type: "folder", path: resolve(folder, entry) };
  return {
    message: `"${entry}" is no chart`,
    hint: `write ./${entry} for a folder, or { source: …, name: … } for a chart in a repository`,
  };
}

/** The chart `name` of a source: a repository's URL, `oci://…`, or a folder of archives. */
export function readSourceChart(source: string, name: string, folder: string): ChartReference | ChartFault {
  if (source.startsWith("oci://")) return urlFault(source) ?? { type: "oci", url: `${trimSlashes(source)}/${name}` };
  if (/^https?:\/\//.test(source)) return urlFault(source) ?? { type: "repository", url: trimSlashes(source), name };
  if (isUrl(source)) return { message: "a source is http(s)://…, oci://… or a folder", hint: null };
  if (isPath(source)) return { type: "repository", url: resolve(folder, source), name };
  return {
    message: `named sources are not supported yet, and "${source}" is neither a URL nor a folder`,
    hint: `write the URL itself, or ./${source} for a folder`,
  };
}

/** True when there is nothing to choose a version from. */
export function hasOneVersion(chart: ChartReference): boolean {
  return chart.type === "folder" || chart.type === "archive";
}

function urlFault(text: string): ChartFault | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || url.host === "") return { message: "this is no URL that anybody could open", hint: null };
  if (url.username !== "" || url.password !== "") {
    return {
      message: "a URL in a stack file must not carry credentials",
      hint: "log in with helm registry login instead",
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
