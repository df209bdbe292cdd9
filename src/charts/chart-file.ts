import semver from "semver";
import { isMap, isScalar, isSeq, parseDocument, type Document } from "yaml";

import { FlotillaError } from "../model/errors.ts";

/** What flotilla reads of a Chart.yaml (helm.sh/docs/topics/charts, "The Chart.yaml File"). */
export interface ChartMetadata {
  readonly name: string;
  readonly version: string;
  /** As written, so that `1.10` stays `1.10`; null when there is none. */
  readonly appVersion: string | null;
}

/** A Chart.yaml as a whole, library charts included. */
export interface ChartFile extends ChartMetadata {
  /** Library charts lend templates to others; helm does not install them. */
  readonly library: boolean;
  readonly dependencies: readonly ChartDependency[];
}

/** A chart that another one depends on, as that one's Chart.yaml says. */
export interface ChartDependency {
  readonly name: string;
  /** The name that it goes by in the chart, where that is another one; null when it is not. */
  readonly alias: string | null;
  /** A range; null when any version goes. */
  readonly version: string | null;
  /** `https://…`, `oci://…`, `file://…`, `@NAME` or `alias:NAME`; null when it has to lie in `charts/`. */
  readonly repository: string | null;
}

/** A scalar as its author wrote it; null when the key is missing, empty or null. */
function textAt(document: Document, key: string): string | null {
  return scalarText(document.get(key, true));
}

function scalarText(node: unknown): string | null {
  if (!isScalar(node) || node.value === null || node.value === "") {
    return null;
  }
  return typeof node.value === "string" ? node.value : (node.source ?? String(node.value));
}

/** The items of `dependencies`: in Chart.yaml, in its Chart.lock, or in the requirements.yaml of old charts. */
function readDependencies(document: Document): ChartDependency[] {
  const list = document.get("dependencies", true);
  if (!isSeq(list)) {
    return [];
  }
  return list.items.flatMap((item) => {
    const name = isMap(item) ? scalarText(item.get("name", true)) : null;
    if (!isMap(item) || name === null) {
      return [];
    }
    const text = (key: string): string | null => scalarText(item.get(key, true));
    return [{ name, alias: text("alias"), version: text("version"), repository: text("repository") }];
  });
}

function parseMapping(text: string, where: string): Document {
  const document = parseDocument(text, { logLevel: "error" });
  const problem = document.errors[0];
  if (problem !== undefined) {
    throw new FlotillaError(
      "chart-invalid",
      `${where} is not valid YAML: ${(problem.message.split("\n")[0] ?? "").replace(/:$/, "")}.`,
    );
  }
  if (!isMap(document.contents)) {
    throw new FlotillaError("chart-invalid", `${where} is not a mapping of keys and values.`);
  }
  return document;
}

/**
 * Reads a Chart.yaml.
 * @param where - names the file in errors
 * @throws FlotillaError `chart-invalid` for what is no Chart.yaml
 */
export function parseChartFile(text: string, where: string): ChartFile {
  const document = parseMapping(text, where);
  const name = textAt(document, "name");
  const version = textAt(document, "version");
  if (name === null || version === null) {
    throw new FlotillaError("chart-invalid", `${where} has no ${name === null ? "name" : "version"}.`);
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
    throw new FlotillaError("chart-invalid", `${where} names the chart "${name}", which is not a chart name.`);
  }
  if (semver.parse(version) === null) {
    throw new FlotillaError("chart-invalid", `${where} has version "${version}", which is not a semantic version.`);
  }
  return {
    name,
    version,
    appVersion: textAt(document, "appVersion"),
    library: textAt(document, "type") === "library",
    dependencies: readDependencies(document),
  };
}

/** What a chart is wanted for: a library chart lends templates to others and cannot be installed. */
export type ChartUse = "install" | "depend";

/**
 * What is kept of a chart once it is clear that it can be used.
 * @param where - names the chart in errors
 * @throws FlotillaError `chart-invalid` for library charts that are to be installed
 */
export function usable<T extends { readonly library: boolean }>(
  { library, ...chart }: T,
  use: ChartUse,
  where: string,
): Omit<T, "library"> {
  if (library && use === "install") {
    throw new FlotillaError(
      "chart-invalid",
      `Chart.yaml of ${where} describes a library chart: it cannot be installed.`,
      {
        hint: "Name a chart that depends on it instead.",
      },
    );
  }
  return chart;
}

/**
 * The dependencies that a requirements.yaml (charts of apiVersion v1), a Chart.lock or a requirements.lock names.
 * @throws FlotillaError `chart-invalid`
 */
export function parseDependencies(text: string, where: string): readonly ChartDependency[] {
  return readDependencies(parseMapping(text, where));
}
