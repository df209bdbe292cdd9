import { cp, chmod, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ISTIO_MODULE } from "../../src/sandbox/istio-packing.ts";
import { downloadGoModule } from "../../src/tools/go-module.ts";
import { quietContext } from "./test-sandbox.ts";

/** The development line of 1.22, the last but one whose CRDs are in a folder that Helm does not own. */
const VERSION = "v0.0.0-20240218163812-d80ef7b19049";

/**
 * Istio's real charts of the 1.22 line, as folders `base` and `istiod` in a folder; as Istio's release build does, only
 * version, hub and tag are stamped.
 */
export async function writeOldIstioCharts(folder: string): Promise<void> {
  const module = await downloadGoModule(ISTIO_MODULE, VERSION, quietContext());
  const charts = join(module, "manifests", "charts");
  for (const [name, path] of [
    ["base", "base"],
    ["istiod", join("istio-control", "istio-discovery")],
  ] as const) {
    const target = join(folder, name);
    await cp(join(charts, path), target, { recursive: true });
    await makeWritable(target);
    await replace(join(target, "Chart.yaml"), /^(version|appVersion): .*$/gm, "$1: 1.22.0");
    if (name === "istiod") {
      await replace(join(target, "values.yaml"), /hub: gcr\.io\/istio-testing/, "hub: docker.io/istio");
      await replace(join(target, "values.yaml"), /tag: latest/, "tag: 1.22.0");
    }
  }
}

/** Go's module cache is read-only, and so is a copy of it. */
async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    await (entry.isDirectory() ? makeWritable(path) : chmod(path, 0o644));
  }
}

async function replace(file: string, pattern: RegExp, by: string): Promise<void> {
  const text = await readFile(file, "utf8");
  const replaced = text.replace(pattern, by);
  if (replaced === text) throw new Error(`${file} has nothing like ${pattern}`);
  await writeFile(file, replaced);
}
