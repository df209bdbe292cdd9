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
  /** Names of the charts that it depends on. */
  readonly dependencies: readonly string[];
}

/** A scalar as its author wrote it; null when the key is missing, empty or null. */
function textAt(document: Document, key: string): string | null {
  const node = document.get(key, true);
  if (!isScalar(node) || node.value === null || node.value === "") {
    return null;
  }
  return typeof node.value === "string" ? node.value : (node.source ?? String(node.value));
}

/** The `name` of each item of `dependencies`, in Chart.yaml or in the requirements.yaml of old charts. */
function dependencyNames(document: Document): string[] {
  const list = document.get("dependencies", true);
  if (!isSeq(list)) {
    return [];
  }
  return list.items.flatMap((item) => {
    const name = isMap(item) ? item.get("name") : undefined;
    return typeof name === "string" ? [name] : [];
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
    dependencies: dependencyNames(document),
  };
}

/**
 * What is kept of the Chart.yaml of a chart that is to be installed.
 * @throws FlotillaError `chart-invalid` for library charts
 */
export function installable(chart: ChartFile, where: string): ChartMetadata {
  if (chart.library) {
    throw new FlotillaError("chart-invalid", `${where} describes a library chart: it cannot be installed.`, {
      hint: "Name a chart that depends on it instead.",
    });
  }
  return { name: chart.name, version: chart.version, appVersion: chart.appVersion };
}

/** The dependencies that a requirements.yaml (charts of apiVersion v1) names. */
export function parseRequirements(text: string, where: string): readonly string[] {
  return dependencyNames(parseMapping(text, where));
}
