import { readCachedChart } from "../charts/cache.ts";
import type { ChartCandidate } from "../charts/chart-candidate.ts";
import { fetchChart } from "../charts/fetch-chart.ts";
import { findChartVersion, listChartVersions } from "../charts/list-versions.ts";
import { chartLabel, sourceName } from "../charts/source-name.ts";
import { chooseVersion, exactVersion, fitsRange, offerVersions } from "../lock/choose-version.ts";
import { lockSource, type LockPlaces } from "../lock/lock-source.ts";
import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { LocalChart, LockEntry, PinnedRelease } from "../model/lock.ts";
import type { Release } from "../model/stack.ts";

/** A chart that was found for a release, and what the lock is to say of it. */
export interface Pin {
  /** The release with its chart on disk. */
  readonly pinned: PinnedRelease;
  /** Null for folders. */
  readonly entry: LockEntry | null;
}

/** The chart of a pin: out of the cache, else from its source, and then nothing but the same bytes will do. */
async function fetchPinned(release: Release, entry: LockEntry, context: RunContext): Promise<LocalChart> {
  const { version, digest } = entry.pin;
  const cached = await readCachedChart(digest, sourceName(release.chart));
  return cached ?? fetchChart(release.chart, await findChartVersion(release.chart, version, context), digest, context);
}

async function choose(release: Release, context: RunContext): Promise<ChartCandidate> {
  const exact = exactVersion(release.version);
  if (exact !== null && release.chart.type === "oci") {
    return findChartVersion(release.chart, exact, context);
  }
  const candidates = await listChartVersions(release.chart, context);
  const chosen = chooseVersion(release.version, candidates);
  if (chosen !== null) {
    return chosen;
  }
  const chart = `the chart ${chartLabel(release.chart)} of release ${release.name}`;
  const wanted = release.version === null ? "version that is no pre-release" : `version that fits ${release.version}`;
  const offers = offerVersions(release.version, candidates, 5);
  throw new FlotillaError("chart-not-found", `${sourceName(release.chart)} has no ${wanted} for ${chart}.`, {
    hint:
      offers.length === 0
        ? "It has no version of it at all."
        : `It has, among others: ${offers.join(", ")}. Pre-releases are taken only when the range names one, as in ">=1.0.0-0".`,
  });
}

async function fetchUnpinned(
  release: Release,
  context: RunContext,
): Promise<{ readonly chart: LocalChart; readonly version: string }> {
  const candidate = await choose(release, context);
  const chart = await fetchChart(release.chart, candidate, null, context);
  // As the source calls it: that is how it is found again.
  return { chart, version: candidate.version };
}

/** Charts on disk hold one version; a range can only confirm it. */
async function fetchLocal(release: Release, kept: LockEntry | null, context: RunContext): Promise<LocalChart> {
  const chart = await fetchChart(release.chart, null, kept?.pin.digest ?? null, context);
  if (release.version !== null && !fitsRange(release.version, chart.version)) {
    throw new FlotillaError(
      "chart-not-found",
      `${sourceName(release.chart)} holds version ${chart.version}, which does not fit ${release.version} of release ${release.name}.`,
      {
        hint: "Leave the version out of the stack file, or name another chart.",
      },
    );
  }
  return chart;
}

/**
 * Brings a release's chart to this machine's disk.
 * @param kept - the pin to keep to; null when the newest version that fits is to be pinned
 * @throws FlotillaError what fetching charts throws; `digest-mismatch` when the source has other bytes than the pin
 */
export async function pinRelease(
  release: Release,
  kept: LockEntry | null,
  places: LockPlaces,
  context: RunContext,
): Promise<Pin> {
  const source = lockSource(release.chart, places);
  const isLocal = release.chart.type === "folder" || release.chart.type === "archive";
  if (kept !== null) {
    const chart = isLocal ? await fetchLocal(release, kept, context) : await fetchPinned(release, kept, context);
    return { pinned: { release, chart }, entry: kept };
  }
  const { chart, version } = isLocal
    ? await fetchLocal(release, null, context).then((local) => ({ chart: local, version: local.version }))
    : await fetchUnpinned(release, context);
  const { name, appVersion, digest } = chart;
  const entry =
    source === null
      ? null
      : { release: release.name, range: release.version, pin: { name, version, appVersion, source, digest } };
  return { pinned: { release, chart }, entry };
}
