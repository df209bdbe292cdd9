import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";

import { parse } from "yaml";

import { FlotillaError } from "../model/errors.ts";
import { findChartInIndex } from "./index-text.ts";
import { ANSWER_LIMITS } from "./limits.ts";

/** One version of a chart, as an index lists it. */
export interface IndexEntry {
  readonly version: string;
  readonly appVersion: string | null;
  /** As written in the index, mostly without `sha256:`; null when there is none. */
  readonly digest: string | null;
  /** Where the archive is: absolute or relative to the index. */
  readonly url: string;
}

/** What an index says of one chart. */
export interface IndexedChart {
  /** Null when the index does not list the chart. */
  readonly entries: readonly IndexEntry[] | null;
  /** The charts that the index lists, when it does not list the one asked for; else empty. */
  readonly otherCharts: readonly string[];
}

/** The bytes of an index, to be read in pieces or, when nothing else helps, as a whole. */
export interface IndexBytes {
  /** From the beginning, cut anywhere. */
  readonly chunks: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** All of it. */
  readonly text: () => Promise<string>;
}

/** An index that is a file. */
export function indexFile(path: string): IndexBytes {
  return {
    chunks: () => createReadStream(path, { highWaterMark: 256 * 1024 }) as AsyncIterable<Uint8Array>,
    text: () => readFile(path, "utf8"),
  };
}

/** Everything as text: `version: 1.10` must not become the number 1.1. */
function parseAsText(text: string): unknown {
  return parse(text, { schema: "failsafe", uniqueKeys: false, logLevel: "error" });
}

function textOf(value: unknown): string | null {
  const isEmpty = value === undefined || value === null || value === "" || value === "null" || value === "~";
  return isEmpty || typeof value === "object" ? null : String(value);
}

/** Entries without a version or an address are of no use and left out, as helm does. */
function toEntries(list: unknown): IndexEntry[] {
  if (!Array.isArray(list)) {
    return [];
  }
  return list.flatMap((item: unknown) => {
    if (typeof item !== "object" || item === null) {
      return [];
    }
    const { version, appVersion, digest, urls } = item as Record<string, unknown>;
    const versionText = textOf(version);
    const url = Array.isArray(urls) ? textOf(urls[0]) : null;
    if (versionText === null || url === null) {
      return [];
    }
    return [{ version: versionText, appVersion: textOf(appVersion), digest: textOf(digest), url }];
  });
}

/** Undefined for what is no JSON: it may be YAML in flow style. */
function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseWhole(text: string): unknown {
  const json = /^\s*\{/.test(text) ? tryJson(text) : undefined;
  if (json !== undefined) {
    return json;
  }
  if (text.length > ANSWER_LIMITS.parsedIndex) {
    throw new Error("it is large and not laid out as helm writes it; write it anew with `helm repo index`");
  }
  return parseAsText(text);
}

function readWholeIndex(text: string, chart: string): IndexedChart {
  const index = parseWhole(text);
  const charts =
    typeof index === "object" && index !== null ? (index as Record<string, unknown>)["entries"] : undefined;
  if (typeof charts !== "object" || charts === null) {
    // `entries:` with nothing below it is an index without charts.
    if (charts === null || charts === "") {
      return { entries: null, otherCharts: [] };
    }
    throw new Error("it has no `entries`");
  }
  if (Object.hasOwn(charts, chart)) {
    return { entries: toEntries((charts as Record<string, unknown>)[chart]), otherCharts: [] };
  }
  return { entries: null, otherCharts: Object.keys(charts) };
}

async function readIndex(index: IndexBytes, chart: string): Promise<IndexedChart> {
  const search = await findChartInIndex(index.chunks(), chart);
  if (search.kind === "absent") {
    return { entries: null, otherCharts: search.names };
  }
  if (search.kind === "found") {
    const list = tryParse(search.block);
    if (Array.isArray(list)) {
      return { entries: toEntries(list), otherCharts: [] };
    }
  }
  return readWholeIndex(await index.text(), chart);
}

/** Null for a block that means nothing by itself, say because it refers to an anchor elsewhere. */
function tryParse(block: string): unknown {
  try {
    return parseAsText(block);
  } catch {
    return null;
  }
}

/**
 * The versions of one chart in an index.yaml (YAML or JSON).
 * @param where - names the index in errors
 * @throws FlotillaError `source-unreachable` when it is no index
 */
export async function readIndexedChart(index: IndexBytes, chart: string, where: string): Promise<IndexedChart> {
  try {
    return await readIndex(index, chart);
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "").replace(/:$/, "") : String(error);
    throw new FlotillaError("source-unreachable", `${where} is not the index of a Helm repository: ${reason}.`, {
      hint: "Does the address name the repository itself, without index.yaml, and does it need a login?",
      cause: error,
    });
  }
}
