import { createHash, randomBytes } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { RunContext } from "../model/context.ts";
import { cacheDirectory } from "../runtime/directories.ts";
import { pathExists } from "../runtime/files.ts";
import { downloadGoModule } from "../tools/go-module.ts";
import { packChart, readChartFiles } from "../charts/pack-chart.ts";
import { stampIstioFile } from "./istio-stamp.ts";

/** Istio's source, as the Go module proxy keeps it: the development line of 1.31. */
export const ISTIO_MODULE = "istio.io/istio";
export const ISTIO_MODULE_VERSION = "v0.0.0-20260827124520-eed52ebb66ad";

/** The versions that the one source is packed as, so that there is an upgrade to rehearse. Their content is the same. */
export const PACKED_VERSIONS = ["1.30.5", "1.31.1"] as const;

/** The charts by name, and where they are below `manifests/charts`. */
const CHART_FOLDERS: Readonly<Record<string, string>> = {
  base: "base",
  cni: "istio-cni",
  gateway: "gateway",
  istiod: "istio-control/istio-discovery",
  ztunnel: "ztunnel",
};

/**
 * A chart repository in a folder, with an `index.yaml`, made from Istio's source. It is put in place whole, so that one
 * that is there is complete, and two at once do not get into each other's way.
 * @returns the folder's absolute path
 * @throws FlotillaError `tool-missing` without a Go toolchain, `tool-failed` when the module cannot be had,
 *   `chart-invalid` when it does not look as expected, `interrupted` on abort
 */
export async function packIstioCharts(context: RunContext): Promise<string> {
  const folder = packedFolder();
  if (await isPacked()) return folder;
  const module = await downloadGoModule(ISTIO_MODULE, ISTIO_MODULE_VERSION, context);
  const temporary = `${folder}.${randomBytes(6).toString("hex")}.tmp`;
  await mkdir(temporary, { recursive: true });
  try {
    await writeRepository(join(module, "manifests", "charts"), temporary);
    await rename(temporary, folder).catch(async (error: unknown) => {
      // A folder cannot be moved onto one with files in it: somebody else was quicker, with the same bytes.
      if (!(await isPacked())) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return folder;
}

/** True when the charts are in the cache. */
function isPacked(): Promise<boolean> {
  return pathExists(join(packedFolder(), "index.yaml"));
}

function packedFolder(): string {
  return join(cacheDirectory(), "charts", "istio", ISTIO_MODULE_VERSION);
}

/** https://helm.sh/docs/topics/chart_repository/#the-index-file */
async function writeRepository(charts: string, target: string): Promise<void> {
  const entries: Record<string, object[]> = {};
  for (const [name, folder] of Object.entries(CHART_FOLDERS)) {
    const files = await readChartFiles(join(charts, folder));
    entries[name] = [];
    // Newest first, as Helm writes it.
    for (const version of PACKED_VERSIONS.toReversed()) {
      const archive = await packChart(
        name,
        files.map((file) => stampIstioFile(file, version)),
      );
      const file = `${name}-${version}.tgz`;
      await writeFile(join(target, file), archive);
      const digest = createHash("sha256").update(archive).digest("hex");
      entries[name].push({
        apiVersion: "v2",
        name,
        version,
        appVersion: version,
        created: EPOCH,
        digest,
        urls: [file],
      });
    }
  }
  await writeFile(join(target, "index.yaml"), stringify({ apiVersion: "v1", entries, generated: EPOCH }));
}

/** Helm wants times; a fixed one keeps the index the same everywhere. */
const EPOCH = "1970-01-01T00:00:00Z";
