import { readCachedChart } from "../charts/cache.ts";
import type { LockedDigest } from "../charts/digest.ts";
import { fetchChart } from "../charts/fetch-chart.ts";
import { findChartVersion } from "../charts/list-versions.ts";
import { sourceName } from "../charts/source-name.ts";
import { fitsRange } from "../lock/choose-version.ts";
import { lockSource, type LockPlaces } from "../lock/lock-source.ts";
import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { FolderEntry, LocalChart, LockEntry, PinnedRelease } from "../model/lock.ts";
import type { Release } from "../model/stack.ts";
import { chooseCandidate } from "./choose-candidate.ts";
import { type FolderPins, pinFolder } from "./pin-folder.ts";

/** A chart that was found for a release, and what the lock is to say of it. */
export interface Pin {
  /** The release with its chart on disk. */
  readonly pinned: PinnedRelease;
  /** Null for folders and manifests. */
  readonly entry: LockEntry | null;
  /** Null for all but folders that depend on charts from elsewhere. */
  readonly folder: FolderEntry | null;
}

/** What a lock has for a release, as far as it is to be kept to. */
export interface KeptPins extends FolderPins {
  /** Null when the newest version that fits is to be pinned. */
  readonly entry: LockEntry | null;
}

/** Without its variables nobody can tell where a chart is; with them unsent, no login goes anywhere as it is written. */
function requireSettled({ name, chart, version }: Release): void {
  const reference = /\$\{(?:env|secret):[^}]*\}/.exec(JSON.stringify([chart, version]))?.[0];
  if (reference !== undefined) {
    throw new FlotillaError(
      "config-invalid",
      `The chart of release ${name} depends on ${reference}, which is not set.`,
      {
        hint: "Set it: the chart, or its version, cannot be found without.",
      },
    );
  }
}

/** The chart of a pin: out of the cache, else from its source, and then nothing but the same bytes will do. */
async function fetchPinned(release: Release, entry: LockEntry, lock: string, context: RunContext): Promise<LocalChart> {
  const { version, digest } = entry.pin;
  const cached = await readCachedChart(digest, sourceName(release.chart));
  if (cached !== null) {
    return cached;
  }
  requireSettled(release);
  return fetchChart(release.chart, await findChartVersion(release.chart, version, context), { digest, lock }, context);
}

async function fetchUnpinned(
  release: Release,
  context: RunContext,
): Promise<{ readonly chart: LocalChart; readonly version: string }> {
  requireSettled(release);
  const candidate = await chooseCandidate(release, context);
  const chart = await fetchChart(release.chart, candidate, null, context);
  // As the source calls it: that is how it is found again.
  return { chart, version: candidate.version };
}

async function fetchLocal(release: Release, locked: LockedDigest | null, context: RunContext): Promise<LocalChart> {
  const chart = await fetchChart(release.chart, null, locked, context);
  checkVersion(release, chart);
  return chart;
}

/** Charts on disk hold one version; a range can only confirm it. */
function checkVersion(release: Release, chart: LocalChart): void {
  if (release.version !== null && !fitsRange(release.version, chart.version)) {
    throw new FlotillaError(
      "chart-not-found",
      `${sourceName(release.chart)} holds version ${chart.version}, which does not fit ${release.version} of release ${release.name}.`,
      {
        hint: "Leave the version out of the stack file, or name another chart.",
      },
    );
  }
}

/**
 * Brings a release's chart to this machine's disk.
 * @throws FlotillaError what fetching charts throws; `digest-mismatch` when the source has other bytes than the pin,
 *   `lock-stale` when a folder's dependency does not fit its pin
 */
export async function pinRelease(
  release: Release,
  kept: KeptPins,
  places: LockPlaces,
  context: RunContext,
): Promise<Pin> {
  if (release.chart.type === "folder") {
    const { chart, folder } = await pinFolder(release, release.chart.path, kept, context);
    checkVersion(release, chart);
    return { pinned: { release, chart }, entry: null, folder };
  }
  const source = lockSource(release.chart, places);
  const isLocal = release.chart.type !== "repository" && release.chart.type !== "oci";
  if (kept.entry !== null) {
    const chart = isLocal
      ? await fetchLocal(release, { digest: kept.entry.pin.digest, lock: kept.lock }, context)
      : await fetchPinned(release, kept.entry, kept.lock, context);
    return { pinned: { release, chart }, entry: kept.entry, folder: null };
  }
  const { chart, version } = isLocal
    ? await fetchLocal(release, null, context).then((local) => ({ chart: local, version: local.version }))
    : await fetchUnpinned(release, context);
  const { name, appVersion, digest } = chart;
  const entry =
    source === null
      ? null
      : { release: release.name, range: release.version, pin: { name, version, appVersion, source, digest } };
  return { pinned: { release, chart }, entry, folder: null };
}
