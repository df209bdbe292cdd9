import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type ChartFile, packChart, readChartFiles } from "../../src/charts/pack-chart.ts";
import { cacheDirectory } from "../../src/runtime/directories.ts";
import { pathExists } from "../../src/runtime/files.ts";
import { downloadGoModule } from "../../src/tools/go-module.ts";
import { quietContext } from "./test-sandbox.ts";

/** A chart and the Go module that it is published in, beside its program. */
interface AddonChart {
  readonly name: string;
  readonly module: string;
  /** Of the module, and of the chart that is packed. */
  readonly version: string;
  /** Below the module's folder. */
  readonly folder: string;
  /** Chart.yaml as the project's own release would have it. */
  readonly stamp?: (chartFile: string) => string;
}

const CHARTS: readonly AddonChart[] = [
  {
    name: "cert-manager",
    module: "github.com/cert-manager/cert-manager",
    version: "v1.21.2",
    folder: "deploy/charts/cert-manager",
    // What `helm package --version --app-version` does there (make/manifests.mk).
    stamp: (text) => text.replaceAll(/^(version|appVersion): v0\.0\.0$/gm, "$1: v1.21.2"),
  },
  // The charts that it depends on lie in it.
  { name: "metallb", module: "go.universe.tf/metallb", version: "v0.16.2", folder: "charts/metallb" },
];

/**
 * A folder with the real charts of cert-manager and MetalLB as archives, which can stand as a chart's source. Made once, from
 * their Go modules: their own repositories need not be in reach.
 */
export async function addonCharts(): Promise<string> {
  const folder = join(cacheDirectory(), "charts", "addons", CHARTS.map(({ version }) => version).join("_"));
  if (await pathExists(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const work = await mkdtemp(`${folder}.`);
  try {
    for (const chart of CHARTS) await packInto(work, chart);
    // A folder cannot be moved onto one with files in it: somebody else was quicker, with the same bytes.
    await rename(work, folder).catch(async (error: unknown) => {
      if (!(await pathExists(folder))) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return folder;
}

async function packInto(target: string, { name, module, version, folder, stamp }: AddonChart): Promise<void> {
  const source = await downloadGoModule(module, version, quietContext());
  const files = (await readChartFiles(join(source, folder))).map((file) => stamped(file, stamp));
  await writeFile(join(target, `${name}-${version.replace("v", "")}.tgz`), await packChart(name, files));
}

function stamped(file: ChartFile, stamp: AddonChart["stamp"]): ChartFile {
  if (file.path !== "Chart.yaml" || stamp === undefined) return file;
  return { path: file.path, content: Buffer.from(stamp(Buffer.from(file.content).toString("utf8"))) };
}
