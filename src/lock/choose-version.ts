import semver from "semver";

/** What of a chart's version decides whether it is chosen. */
export interface VersionCandidate {
  readonly version: string;
}

/**
 * A range as npm's semver reads it. Helm's (github.com/Masterminds/semver) differs in the comma, which means "and", and
 * in pre-releases: a range that names one anywhere takes them everywhere.
 */
function readRange(range: string): semver.Range | null {
  const includePrerelease = /\d-[0-9A-Za-z]/.test(range);
  try {
    return new semver.Range(range.replaceAll(",", " "), { includePrerelease });
  } catch {
    return null;
  }
}

function withoutPrefix(version: string): string {
  return version.replace(/^v/, "");
}

/** Candidates whose version is a semantic one, the newest first; equal ones keep their order. */
function newestFirst<T extends VersionCandidate>(candidates: readonly T[]): readonly T[] {
  return candidates
    .filter(({ version }) => semver.parse(version) !== null)
    .toSorted((left, right) => semver.compareBuild(right.version, left.version));
}

/** True when the version lies in the range; a range of null holds every version that is no pre-release. */
export function fitsRange(range: string | null, version: string): boolean {
  if (range !== null && withoutPrefix(range) === withoutPrefix(version)) {
    return true;
  }
  return readRange(range ?? "*")?.test(version) ?? false;
}

/**
 * The newest version that fits a range, as helm would choose it: pre-releases only when the range names one, `1.31` is
 * every 1.31.x, a `v` in front counts for nothing, an exact version with build metadata means that build.
 * @returns null when none fits (or the range is none)
 */
export function chooseVersion<T extends VersionCandidate>(range: string | null, candidates: readonly T[]): T | null {
  const sorted = newestFirst(candidates);
  const exact =
    range === null ? undefined : sorted.find(({ version }) => withoutPrefix(version) === withoutPrefix(range));
  return exact ?? sorted.find(({ version }) => fitsRange(range, version)) ?? null;
}

/** The same minor counts as near, before the same major; below that, newer is better. */
function nearness(wanted: semver.SemVer | null, version: string): number {
  const candidate = semver.parse(version);
  if (wanted === null || candidate === null || candidate.major !== wanted.major) {
    return 0;
  }
  return candidate.minor === wanted.minor ? 2 : 1;
}

/** At most `count` versions to offer when none fits a range: the nearest to it, then the newest. */
export function offerVersions(
  range: string | null,
  candidates: readonly VersionCandidate[],
  count: number,
): readonly string[] {
  const parsed = range === null ? null : readRange(range);
  const wanted = parsed === null ? null : semver.minVersion(parsed);
  return newestFirst(candidates)
    .map(({ version }) => version)
    .toSorted((left, right) => nearness(wanted, right) - nearness(wanted, left))
    .slice(0, count);
}

/** The one version that a range stands for, as it is written; null for ranges that hold several. */
export function exactVersion(range: string | null): string | null {
  const version = range === null ? "" : range.trim().replace(/^=\s*/, "");
  return semver.valid(version) === null ? null : version;
}
