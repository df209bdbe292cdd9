import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { FlotillaError } from "../model/errors.ts";
import type { LocalChart } from "../model/lock.ts";
import { cacheDirectory } from "../runtime/directories.ts";
import { writeFileAtomic } from "../runtime/files.ts";
import { readBytesWithDigest } from "./cache.ts";
import { digestOf } from "./digest.ts";
import { markHooks, namesPostHooks, noHooks } from "./post-hooks.ts";
import { wrapManifests, type ManifestFile, type WrappedManifests } from "./wrap-manifests.ts";

async function readManifestFile(path: string): Promise<ManifestFile> {
  try {
    return { path, content: await readFile(path) };
  } catch (cause) {
    throw new FlotillaError("chart-not-found", `The manifest ${path} cannot be read.`, {
      hint: "Check the paths under `manifests` in the stack file; they are relative to that file.",
      cause,
    });
  }
}

/**
 * The chart as an archive in the cache, under the digest of its contents; beside it the digest of the archive itself. What
 * lies there was whole.
 */
async function cachedArchive(name: string, wrapped: WrappedManifests, files: readonly ManifestFile[]): Promise<string> {
  const path = join(cacheDirectory(), "charts", "manifests", `${wrapped.digest.slice("sha256:".length)}.tgz`);
  const digestFile = `${path}.digest`;
  const known = await readFile(digestFile, "utf8").catch(() => null);
  if (known !== null && (await readBytesWithDigest(path, known)) !== null) {
    return path;
  }
  await refuseBroken(files);
  // Loaded late: a run that finds the archive in the cache packs nothing.
  const { packChart } = await import("./pack-chart.ts");
  const bytes = await packChart(name, wrapped.files);
  await writeFileAtomic(path, bytes);
  await writeFileAtomic(digestFile, digestOf(bytes));
  return path;
}

/** Before anything is installed, and by file and line: helm would name a template that nobody has written. */
async function refuseBroken(files: readonly ManifestFile[]): Promise<void> {
  const { parseManifest } = await import("../manifest/parse-manifest.ts");
  const hint = "Correct the file: `manifests` are Kubernetes objects in YAML, several parted by a line of ---.";
  for (const { path, content } of files)
    parseManifest(content.toString("utf8"), { name: `The manifest ${path}`, hint });
}

/**
 * Wraps plain manifests into a chart, which lies in the cache and is handed to helm like any other. Its digest is over
 * what the files hold: a changed file is a changed chart, a file that was only touched is not.
 * @throws FlotillaError `chart-not-found` for a file that cannot be read, `chart-invalid` when one is no YAML or
 *   no Kubernetes object, and when there is nothing in them, or too much for a Helm release
 */
export async function readManifestsChart(name: string, paths: readonly string[]): Promise<LocalChart> {
  const files = await Promise.all(paths.map(readManifestFile));
  const wrapped = wrapManifests(name, files);
  const hooks = noHooks();
  for (const { path, content } of files) {
    // As if it were a template: that is what it becomes.
    await markHooks(hooks, `templates/${path}`, content, { bytes: 0, entries: 0 });
  }
  return {
    name,
    version: wrapped.version,
    appVersion: null,
    digest: wrapped.digest,
    path: await cachedArchive(name, wrapped, files),
    source: "manifests",
    postHooks: namesPostHooks(hooks),
  };
}
