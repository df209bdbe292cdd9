import { checkOnDisk } from "../charts/check-on-disk.ts";
import { formatLock } from "../lock/format-lock.ts";
import type { Lock } from "../lock/lock.ts";
import { ALL_ELSEWHERE, type LockElsewhere, type LockShare, mergeLock, movedReleases } from "../lock/merge-lock.ts";
import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { FolderEntry, LockEntry, PinnedRelease } from "../model/lock.ts";
import type { Release, Stack } from "../model/stack.ts";
import { writeFileAtomic } from "../runtime/files.ts";
import type { HelmProvider } from "./choose-helm.ts";
import { folderProblems } from "./folder-pins.ts";
import { listImages } from "./list-images.ts";
import { pinRelease } from "./pin-release.ts";
import { pinReleases } from "./pin-releases.ts";
import { readStackLock, staleProblems, type StackLock } from "./stack-lock.ts";
import { withoutSecrets } from "./without-secrets.ts";

/** What {@link resolveLock} may do. */
export interface ResolveLockOptions {
  /**
   * Which pins may move. Left out (`up`, `plan`): none; an entry that does not fit the stack file any more is refused.
   * Given (`lock`): those that do not fit, and besides them the named releases or all. Only then entries of releases that
   * the stack does not have are dropped.
   */
  readonly update?: readonly string[] | "all";
  /** False: nothing is written, whatever is missing. */
  readonly write: boolean;
  /**
   * The same stack file, read for its other environments: what the lock has of them stays. Null when it cannot be read
   * for all of them: then nothing is dropped. Left out: there are none.
   */
  readonly others?: readonly Stack[] | null;
  /** Renders the charts, to list the environment's images in the lock. Left out: those that are there stay. */
  readonly helm?: HelmProvider;
}

/** The charts that a run will use, each on this machine's disk. */
export interface ResolvedLock {
  /** In the stack's order. */
  readonly pinned: readonly PinnedRelease[];
  /** True when the lock file was made or changed. */
  readonly written: boolean;
  /** Absolute path of the lock file. */
  readonly file: string;
  /** False where there is no lock file, as nothing is to be pinned. */
  readonly exists: boolean;
  /** Releases that were stale, missing or to be updated and have another pin now than before. */
  readonly moved: readonly string[];
  /** Those that the environment renders, sorted; null when they were not listed. */
  readonly images: readonly string[] | null;
}

/** The pins that stay as they are. */
function keptEntries(
  stack: Stack,
  found: StackLock,
  update: ResolveLockOptions["update"],
): ReadonlyMap<string, LockEntry> {
  if (update === undefined) {
    const problems = staleProblems(stack, found);
    if (problems.length > 0) {
      throw new FlotillaError("lock-stale", `${found.name} does not fit the stack file. ${problems.join("; ")}.`, {
        hint: "Run `flotilla lock` to pin these charts anew, and look at what changed.",
      });
    }
    return found.comparison.fitting;
  }
  const names = new Set(stack.releases.map(({ name }) => name));
  const unknown = update === "all" ? [] : update.filter((name) => !names.has(name));
  if (unknown.length > 0) {
    throw new FlotillaError(
      "usage",
      `The stack ${stack.name} has no release ${unknown.join(", ")} whose pin could be moved.`,
      {
        hint: `Its releases: ${[...names].join(", ")}.`,
      },
    );
  }
  return new Map([...found.comparison.fitting].filter(([name]) => update !== "all" && !update.includes(name)));
}

/** Dependencies of chart folders that stay as they are. */
function keptFolders(found: StackLock, update: ResolveLockOptions["update"]): ReadonlyMap<string, FolderEntry> {
  const folders = (found.lock?.folders ?? []).filter(
    ({ release }) => update === undefined || (update !== "all" && !update.includes(release)),
  );
  return new Map(folders.map((folder) => [folder.release, folder]));
}

/** What stays in the lock although this environment has no use for it. */
function elsewhereOf({ update, others = [] }: ResolveLockOptions): LockElsewhere {
  // `up` and `plan` drop nothing; and what cannot be read may need it.
  if (update === undefined || others === null) {
    return ALL_ELSEWHERE;
  }
  const releases = new Set(others.flatMap((other) => other.releases.map(({ name }) => name)));
  const environments = new Set(others.map(({ environment }) => environment.name));
  return { hasRelease: (name) => releases.has(name), hasEnvironment: (name) => environments.has(name) };
}

/** Writes the lock when it changed; true when it did. */
async function writeLock(
  found: StackLock,
  lock: Lock,
  moved: readonly string[],
  context: RunContext,
): Promise<boolean> {
  const text = formatLock(lock);
  const isEmpty = lock.entries.length + lock.folders.length + Object.values(lock.images).flat().length === 0;
  if (text === found.text || (found.text === null && isEmpty)) {
    return false;
  }
  await writeFileAtomic(found.file, text);
  const pins = [
    ...lock.entries.map(({ release, pin }) => [release, `${release} ${pin.version}`] as const),
    ...lock.folders.map(({ release }) => [release, `the dependencies of ${release}`] as const),
  ].flatMap(([release, pin]) => (moved.includes(release) ? [pin] : []));
  context.emit({
    type: "notice",
    level: "info",
    message: `${found.text === null ? "Wrote" : "Changed"} ${found.name}${pins.length === 0 ? "" : `: pinned ${pins.join(", ")}`}.`,
    hint: "Commit it, so that everybody installs the same charts.",
  });
  return true;
}

/**
 * Makes sure that every release has its chart on disk: the one that the lock pins or, where there is no pin yet, the
 * newest one that fits, which is pinned then. With a lock and all charts in the cache, no network is touched.
 *
 * A release that is new in the stack file is pinned and written without further ado; one whose range or source changed
 * is moved only when `update` is given, because then somebody looks.
 * @throws FlotillaError `lock-stale`, `digest-mismatch`, `usage` (update of an unknown release), ConfigError (a broken
 *   lock file), and what fetching charts throws
 */
export const resolveLock = withoutSecrets(resolve);

async function resolve(stack: Stack, options: ResolveLockOptions, context: RunContext): Promise<ResolvedLock> {
  const { update, helm } = options;
  const found = await readStackLock(stack);
  const kept = keptEntries(stack, found, update);
  const folders = keptFolders(found, update);
  const pins = await pinReleases(stack.releases, context, (release, inner) => {
    const [entry, folder] = [kept.get(release.name) ?? null, folders.get(release.name) ?? null];
    return pinRelease(release, { entry, folder, lock: found.name, mayMove: update !== undefined }, found.places, inner);
  });
  const pinned = pins.map((pin) => pin.pinned);
  const share: LockShare = {
    stack: stack.name,
    environment: stack.environment.name,
    releases: stack.releases.map(({ name }) => name),
    entries: pins.flatMap(({ entry }) => (entry === null ? [] : [entry])),
    folders: pins.flatMap(({ folder }) => (folder === null ? [] : [folder])),
    images: helm === undefined ? null : await listImages(pinned, helm, context),
  };
  const moved = movedReleases(found.lock, share);
  // `up` leaves a lock alone that needs no pin; `lock` writes it as it should be.
  const mayWrite = options.write && (moved.length > 0 || update !== undefined);
  const lock = mergeLock(found.lock, share, elsewhereOf(options));
  const written = mayWrite && (await writeLock(found, lock, moved, context));
  return { pinned, written, file: found.file, exists: written || found.text !== null, moved, images: share.images };
}

/** What lies on this disk can be compared with its pins without asking anybody. */
async function archiveProblems(
  releases: readonly Release[],
  { comparison, name: lock }: StackLock,
  context: RunContext,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const release of releases) {
    const entry = comparison.fitting.get(release.name);
    if (entry === undefined) {
      continue;
    }
    const { version, digest } = entry.pin;
    try {
      await checkOnDisk(release.chart, version, { digest, lock }, context);
    } catch (error) {
      if (!(error instanceof FlotillaError) || error.code === "interrupted") {
        throw error;
      }
      problems.push(`${release.name}: ${error.message.replace(/\.$/, "")}`);
    }
  }
  return problems;
}

/**
 * Says what is wrong with a stack's lock, one sentence (without its full stop) per problem; empty when it fits. Asks no
 * network. Entries of releases that the stack does not have are no problem: another environment may have them.
 * @throws ConfigError when the lock file is broken, FlotillaError `interrupted`
 */
export const checkLock = withoutSecrets(check);

async function check(stack: Stack, context: RunContext): Promise<readonly string[]> {
  const found = await readStackLock(stack);
  const missing = found.comparison.missing;
  const folders = await Promise.all(
    stack.releases.map((release) => {
      const kept = found.lock?.folders.find((folder) => folder.release === release.name);
      return folderProblems(release, { folder: kept ?? null, lock: found.name }, context);
    }),
  );
  if (found.lock === null) {
    return missing.length + folders.flat().length === 0 ? [] : [`There is no ${found.name}`];
  }
  return [
    ...staleProblems(stack, found),
    ...missing.map((name) => `${name}: it is not pinned`),
    ...folders.flat(),
    ...(await archiveProblems(stack.releases, found, context)),
  ];
}
