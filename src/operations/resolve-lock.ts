import { basename } from "node:path";

import { fetchChart } from "../charts/fetch-chart.ts";
import { formatLock } from "../lock/format-lock.ts";
import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { LockEntry, PinnedRelease } from "../model/lock.ts";
import type { Release, Stack } from "../model/stack.ts";
import { writeFileAtomic } from "../runtime/files.ts";
import { pinRelease, type Pin } from "./pin-release.ts";
import { readStackLock, staleProblems, type StackLock } from "./stack-lock.ts";

/** How many charts are fetched at the same time. */
const PARALLEL_FETCHES = 4;

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
}

/** The charts that a run will use, each on this machine's disk. */
export interface ResolvedLock {
  /** In the stack's order. */
  readonly pinned: readonly PinnedRelease[];
  /** True when the lock file was made or changed. */
  readonly written: boolean;
  /** Absolute path of the lock file. */
  readonly file: string;
  /** Releases that were stale, missing or to be updated and have another pin now than before. */
  readonly moved: readonly string[];
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
      throw new FlotillaError(
        "lock-stale",
        `${basename(found.file)} does not fit the stack file. ${problems.join("; ")}.`,
        {
          hint: "Run `flotilla lock` to pin these charts anew, and look at what changed.",
        },
      );
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

/** Pins every release, a few at a time; the first failure stops the others, and nothing goes on behind its back. */
async function pinAll(
  releases: readonly Release[],
  context: RunContext,
  pin: (release: Release, context: RunContext) => Promise<Pin>,
): Promise<readonly Pin[]> {
  const stop = new AbortController();
  const inner: RunContext = { signal: AbortSignal.any([context.signal, stop.signal]), emit: context.emit };
  const pins: Pin[] = [];
  const failures: unknown[] = [];
  const queue = releases.entries();
  const worker = async (): Promise<void> => {
    for (const [index, release] of queue) {
      if (failures.length > 0) {
        return;
      }
      try {
        pins[index] = await pin(release, inner);
      } catch (error) {
        failures.push(error);
        stop.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_FETCHES }, worker));
  if (failures.length > 0) {
    throw failures[0];
  }
  return pins;
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

/** Writes the lock when it changed; true when it did. */
async function writeLock(
  stack: Stack,
  found: StackLock,
  entries: readonly LockEntry[],
  moved: readonly LockEntry[],
  context: RunContext,
): Promise<boolean> {
  const text = formatLock({ stack: stack.name, entries });
  if (text === found.text || (found.text === null && entries.length === 0)) {
    return false;
  }
  await writeFileAtomic(found.file, text);
  const pins = moved.map(({ release, pin }) => `${release} ${pin.version}`).join(", ");
  context.emit({
    type: "notice",
    level: "info",
    message: `${found.text === null ? "Wrote" : "Changed"} ${basename(found.file)}${pins === "" ? "" : `: pinned ${pins}`}.`,
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
export async function resolveLock(
  stack: Stack,
  options: ResolveLockOptions,
  context: RunContext,
): Promise<ResolvedLock> {
  const found = await readStackLock(stack);
  const kept = keptEntries(stack, found, options.update);
  const pins = await pinAll(stack.releases, context, (release, inner) =>
    pinRelease(release, kept.get(release.name) ?? null, found.places, inner),
  );
  const entries = pins.flatMap(({ entry }) => (entry === null ? [] : [entry]));
  const before = new Map(found.lock?.entries.map((entry) => [entry.release, entry]));
  const moved = entries.filter((entry) => !samePin(before.get(entry.release), entry));
  const surplus = found.comparison.surplus.flatMap((name) => before.get(name) ?? []);
  // `up` leaves a lock alone that needs no pin; `lock` writes it as it should be.
  const mayWrite = options.write && (moved.length > 0 || options.update !== undefined);
  const wanted = options.update === undefined ? [...entries, ...surplus] : entries;
  const written = mayWrite && (await writeLock(stack, found, wanted, moved, context));
  return {
    pinned: pins.map(({ pinned }) => pinned),
    written,
    file: found.file,
    moved: moved.map(({ release }) => release),
  };
}

/** Archives on disk can be compared with their pins without asking anybody. */
async function archiveProblems(
  releases: readonly Release[],
  { comparison }: StackLock,
  context: RunContext,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const release of releases) {
    const entry = comparison.fitting.get(release.name);
    if (entry === undefined || release.chart.type !== "archive") {
      continue;
    }
    try {
      await fetchChart(release.chart, null, entry.pin.digest, context);
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
export async function checkLock(stack: Stack, context: RunContext): Promise<readonly string[]> {
  const found = await readStackLock(stack);
  const missing = found.comparison.missing;
  if (found.lock === null) {
    return missing.length === 0 ? [] : [`There is no ${basename(found.file)}`];
  }
  return [
    ...staleProblems(stack, found),
    ...missing.map((name) => `${name}: it is not pinned`),
    ...(await archiveProblems(stack.releases, found, context)),
  ];
}
