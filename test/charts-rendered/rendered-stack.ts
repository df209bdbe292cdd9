import { join } from "node:path";
import { readManifestsChart } from "../../src/charts/manifests.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { Release, Stack } from "../../src/model/stack.ts";
import { loadStack } from "../../src/operations/load-stack.ts";
import { packageRoot } from "../../src/runtime/directories.ts";
import { packIstioCharts } from "../../src/sandbox/istio-packing.ts";
import { addonCharts } from "../support/addon-charts.ts";
import { plainObjects } from "./plain-objects.ts";
import { type Helm, renderChart } from "./render-chart.ts";

const context = { signal: new AbortController().signal, emit: () => {} };

/** What every release of a stack renders, by the release's name; see {@link plainObjects}. */
export type RenderedStack = Readonly<Record<string, JsonObject>>;

/** The folder of one of the examples. */
export function exampleFolder(name: string): string {
  return join(packageRoot(), "examples", name);
}

/** A stack for an environment (null: its first), with the Istio charts that are packed on this machine. */
export async function loadExample(file: string, environment: string | null): Promise<Stack> {
  return loadStack({ file, environment, defaultIstioSource: () => packIstioCharts(context) }, context);
}

/** Renders every release of a stack. */
export async function renderStack(helm: Helm, { releases }: Stack): Promise<RenderedStack> {
  const charts = await Promise.all(
    releases.map(async (release) => {
      const objects = await renderChart(helm, await chartOf(release), release.values, release);
      return [release.name, plainObjects(objects)] as const;
    }),
  );
  return Object.fromEntries(charts);
}

/** The versions that are packed; official sources are out of reach of the tests. */
const PACKED: Readonly<Record<string, string>> = { "cert-manager": "1.21.2", metallb: "0.16.2" };

async function chartOf({ name, chart }: Release): Promise<string> {
  switch (chart.type) {
    case "folder":
      return chart.path;
    case "manifests":
      return (await readManifestsChart(name, chart.files)).path;
    case "repository": {
      const addon = PACKED[chart.name];
      if (addon !== undefined) return join(await addonCharts(), `${chart.name}-${addon}.tgz`);
      return join(chart.url, `${chart.name}-1.31.1.tgz`);
    }
    default:
      throw new Error(`no example has a chart of type ${chart.type}`);
  }
}
