import type { LockEntry } from "../model/lock.ts";
import type { ChartReference, Release } from "../model/stack.ts";
import type { Lock } from "./lock.ts";
import { lockSource, sameSource, type LockPlaces } from "./lock-source.ts";

/** An entry that was made for something else than what the stack file says now. */
export interface StaleEntry {
  readonly entry: LockEntry;
  /** What changed: in the stack file, or the name of the chart. */
  readonly field: "range" | "source" | "chart";
  /** What the lock has; null stands for no range. */
  readonly locked: string | null;
  /** What the stack file has. */
  readonly wanted: string | null;
}

/** How a lock fits a stack. */
export interface LockComparison {
  /** Entries that still stand for their release. */
  readonly fitting: ReadonlyMap<string, LockEntry>;
  /** In the stack's order. */
  readonly stale: readonly StaleEntry[];
  /** Releases that should have an entry and have none. */
  readonly missing: readonly string[];
  /** Entries of releases that the stack does not have (any more), or that need none. */
  readonly surplus: readonly string[];
}

/** The chart's name, where the reference says it; an archive says it only inside. */
function wantedChart(reference: ChartReference): string | null {
  return reference.type === "repository" ? reference.name : null;
}

/** With a variable in it that is not set here, nobody can tell what it was when the lock was made. */
function isOpen(text: string | null): boolean {
  return text?.includes("${env:") === true;
}

function findStale(entry: LockEntry, release: Release, source: string): StaleEntry | null {
  if (entry.range !== release.version && !isOpen(release.version)) {
    return { entry, field: "range", locked: entry.range, wanted: release.version };
  }
  if (!isOpen(source) && !sameSource(entry.pin.source, source)) {
    return { entry, field: "source", locked: entry.pin.source, wanted: source };
  }
  const chart = wantedChart(release.chart);
  return chart === null || chart === entry.pin.name
    ? null
    : { entry, field: "chart", locked: entry.pin.name, wanted: chart };
}

/** Compares a lock with the releases of a stack. Nothing is read: whether the charts are what the digests say shows later. */
export function compareLock(lock: Lock, releases: readonly Release[], places: LockPlaces): LockComparison {
  const entries = new Map(lock.entries.map((entry) => [entry.release, entry]));
  const fitting = new Map<string, LockEntry>();
  const stale: StaleEntry[] = [];
  const missing: string[] = [];
  for (const release of releases) {
    const source = lockSource(release.chart, places);
    if (source === null) {
      continue;
    }
    const entry = entries.get(release.name);
    entries.delete(release.name);
    const found = entry === undefined ? null : findStale(entry, release, source);
    if (entry === undefined) {
      missing.push(release.name);
    } else if (found !== null) {
      stale.push(found);
    } else {
      fitting.set(release.name, entry);
    }
  }
  return { fitting, stale, missing, surplus: [...entries.keys()] };
}

/** What is stale about an entry, as a sentence without its full stop. */
export function describeStale({ entry, field, locked, wanted }: StaleEntry): string {
  const nouns = { range: "version", source: "source", chart: "chart" };
  return `${entry.release}: its ${nouns[field]} is ${wanted ?? "not limited"} in the stack file, but was ${locked ?? "not limited"} when it was locked`;
}
