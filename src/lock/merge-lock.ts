import type { FolderEntry, LockEntry } from "../model/lock.ts";
import type { Lock } from "./lock.ts";

/** What one environment puts into a lock that all environments of a stack file share. */
export interface LockShare {
  /** Name of the stack. */
  readonly stack: string;
  readonly environment: string;
  /** Names of all releases that the environment has. */
  readonly releases: readonly string[];
  readonly entries: readonly LockEntry[];
  readonly folders: readonly FolderEntry[];
  /** Null when they were not listed: then those in the lock stay. */
  readonly images: readonly string[] | null;
}

/** What of a lock belongs to somebody else, and so stays. */
export interface LockElsewhere {
  /** Whether any other environment has the release. */
  readonly hasRelease: (name: string) => boolean;
  /** Whether the stack file has the environment (any more). */
  readonly hasEnvironment: (name: string) => boolean;
}

/** For a lock of which nothing is to be dropped. */
export const ALL_ELSEWHERE: LockElsewhere = { hasRelease: () => true, hasEnvironment: () => true };

/** A lock with one environment's share in place of what it had of it; what is nobody's is dropped. */
export function mergeLock(before: Lock | null, share: LockShare, elsewhere: LockElsewhere): Lock {
  const own = new Set(share.releases);
  const stays = ({ release }: { readonly release: string }): boolean =>
    !own.has(release) && elsewhere.hasRelease(release);
  const images = Object.entries(before?.images ?? {}).filter(
    ([name]) => name === share.environment || elsewhere.hasEnvironment(name),
  );
  return {
    stack: share.stack,
    entries: [...share.entries, ...(before?.entries ?? []).filter(stays)],
    folders: [...share.folders, ...(before?.folders ?? []).filter(stays)],
    images: { ...Object.fromEntries(images), ...(share.images === null ? {} : { [share.environment]: share.images }) },
  };
}

/** Releases that a share pins to something else than the lock did before. */
export function movedReleases(before: Lock | null, { entries, folders }: LockShare): readonly string[] {
  const entriesBefore = new Map(before?.entries.map((entry) => [entry.release, entry]));
  const foldersBefore = new Map(before?.folders.map((folder) => [folder.release, folder]));
  return [
    ...entries.filter((entry) => !samePin(entriesBefore.get(entry.release), entry)),
    ...folders.filter((folder) => !sameFolder(foldersBefore.get(folder.release), folder)),
  ].map(({ release }) => release);
}

function samePin(left: LockEntry | undefined, right: LockEntry): boolean {
  return (
    left !== undefined &&
    left.pin.digest === right.pin.digest &&
    left.pin.version === right.pin.version &&
    left.pin.source === right.pin.source &&
    left.range === right.range
  );
}

function sameFolder(left: FolderEntry | undefined, right: FolderEntry): boolean {
  const told = ({ dependencies }: FolderEntry): string =>
    JSON.stringify(
      dependencies.map(({ name, version, source, digest, range }) => [name, version, source, digest, range]).toSorted(),
    );
  return left !== undefined && told(left) === told(right);
}
