import type { BroughtDependency } from "../charts/folder.ts";
import { readCachedChart } from "../charts/cache.ts";
import { digestMismatch, type LockedDigest } from "../charts/digest.ts";
import { fetchChart } from "../charts/fetch-chart.ts";
import { findChartVersion } from "../charts/list-versions.ts";
import { placedFiles, readFolderChart } from "../charts/folder.ts";
import { sourceName } from "../charts/source-name.ts";
import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { DependencyPin, FolderEntry, LocalChart } from "../model/lock.ts";
import type { ChartReference, Release } from "../model/stack.ts";
import { chooseCandidate } from "./choose-candidate.ts";
import { isPinned, judgeDependencies, type JudgedDependency } from "./folder-pins.ts";

/** A chart folder that is ready for helm, and what the lock is to say of its dependencies. */
export interface FolderPin {
  readonly chart: LocalChart;
  /** Null when it depends on nothing from elsewhere. */
  readonly folder: FolderEntry | null;
}

/** What a lock has for a chart folder, as far as it is to be kept to. */
export interface FolderPins {
  /** Null when the newest that fit (or those of Chart.lock) are to be pinned. */
  readonly folder: FolderEntry | null;
  /** Name of the lock file that has them. */
  readonly lock: string;
  /** Whether a pin that does not fit Chart.yaml any more may be chosen anew. */
  readonly mayMove: boolean;
}

/** A dependency whose bytes are known; `brought` is null when they lie in the folder already. */
interface SettledDependency {
  readonly pin: DependencyPin | null;
  readonly brought: BroughtDependency | null;
}

async function fetchDependency(
  release: Release,
  { key, wanted, lockedVersion }: JudgedDependency,
  source: ChartReference,
  pin: DependencyPin | null,
  lock: string,
  context: RunContext,
): Promise<SettledDependency> {
  const cached = pin === null ? null : await readCachedChart(pin.digest, sourceName(source), "depend");
  if (cached !== null) {
    return { pin, brought: broughtArchive(wanted.name, cached) };
  }
  const exact = pin?.version ?? lockedVersion;
  const candidate =
    exact === null
      ? await chooseCandidate(
          { name: `${release.name}, which depends on it`, chart: source, version: wanted.version },
          context,
        )
      : await findChartVersion(source, exact, context);
  const locked: LockedDigest | null = pin && { digest: pin.digest, lock };
  const chart = await fetchChart(source, candidate, locked, context, "depend");
  return {
    pin: pin ?? {
      name: key,
      version: candidate.version,
      source: sourceName(source),
      digest: chart.digest,
      range: wanted.version,
    },
    brought: broughtArchive(wanted.name, chart),
  };
}

function broughtArchive(name: string, { version, path }: LocalChart): BroughtDependency {
  return { name, files: [{ path: `charts/${name}-${version}.tgz`, file: path }] };
}

/** A chart beside the folder (`file://…`), as `helm dependency build` would pack it. */
async function bringFolder(name: string, path: string): Promise<SettledDependency> {
  // That it is whole shows here, with its own path.
  await readFolderChart(path);
  const files = (await placedFiles(path)).map((file) => ({ ...file, path: `charts/${name}/${file.path}` }));
  return { pin: null, brought: { name, files } };
}

async function settle(
  release: Release,
  judged: JudgedDependency,
  folder: string,
  { lock, mayMove }: FolderPins,
  context: RunContext,
): Promise<SettledDependency> {
  const { key, wanted, source, present, pin, stale } = judged;
  if (source === null || !isPinned(judged)) {
    const isMissing = present === null && source?.type === "folder";
    return isMissing ? bringFolder(wanted.name, source.path) : { pin: null, brought: null };
  }
  if (stale !== null && !mayMove) {
    throw new FlotillaError("lock-stale", `${lock} does not fit ${folder}. ${stale}.`, {
      hint: "Run `flotilla lock` to pin it anew, and look at what changed.",
    });
  }
  const usable = stale === null ? pin : null;
  if (present?.digest === undefined || present.digest === null) {
    return fetchDependency(release, judged, source, usable, lock, context);
  }
  const { version, digest } = present;
  if (usable !== null && usable.digest !== digest) {
    throw digestMismatch(`${wanted.name} ${version} in the charts/ of ${folder}`, lock, usable.digest, digest);
  }
  return {
    pin: usable ?? { name: key, version, source: sourceName(source), digest, range: wanted.version },
    brought: null,
  };
}

/** What two aliases of one chart bring is there once. */
function distinct(brought: readonly BroughtDependency[]): readonly BroughtDependency[] {
  return [...new Map(brought.map((each) => [each.files[0]?.path ?? each.name, each])).values()];
}

/**
 * Brings the dependencies of a chart that is a folder to this machine's disk: those in its `charts/` are used as they lie
 * there, the others are fetched, and then helm gets a copy in the cache that holds both.
 * @throws FlotillaError `lock-stale`, `digest-mismatch`, `chart-invalid` when one can be had nowhere, and what fetching
 *   charts throws
 */
export async function pinFolder(
  release: Release,
  path: string,
  kept: FolderPins,
  context: RunContext,
): Promise<FolderPin> {
  const judged = await judgeDependencies(release, path, kept.folder, context);
  const settled: SettledDependency[] = [];
  for (const dependency of judged) {
    settled.push(await settle(release, dependency, path, kept, context));
  }
  const brought = settled.flatMap((each) => (each.brought === null ? [] : [each.brought]));
  const dependencies = settled.flatMap(({ pin }) => (pin === null ? [] : [pin]));
  return {
    chart: await readFolderChart(path, distinct(brought)),
    folder: dependencies.length === 0 ? null : { release: release.name, dependencies },
  };
}
