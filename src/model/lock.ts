import type { Release } from "./stack.ts";

/** One chart as flotilla.lock pins it. Null for charts that are folders: those are read as they are. */
export interface ChartPin {
  readonly name: string;
  readonly version: string;
  readonly appVersion: string | null;
  /** URL or path (relative to the lock file) of the source. */
  readonly source: string;
  /** `sha256:…` of the archive's bytes. */
  readonly digest: string;
}

/** One release's entry in flotilla.lock. */
export interface LockEntry {
  readonly release: string;
  /** The range of the stack file that the pin was chosen from; null when it had none. */
  readonly range: string | null;
  readonly pin: ChartPin;
}

/** A chart on this machine's disk, verified, ready to be handed to helm. */
export interface LocalChart {
  readonly name: string;
  readonly version: string;
  readonly appVersion: string | null;
  /** `sha256:…`: of the archive's bytes, or of a folder's files in order. */
  readonly digest: string;
  /** Absolute path of the archive or folder. */
  readonly path: string;
  /** Where it came from, for people. */
  readonly source: string;
  /** Whether its templates name hooks that run after readiness (`post-install`, `post-upgrade`): Helm then has to wait itself. */
  readonly postHooks: boolean;
}

/** A release with the one chart that a run will use for it. */
export interface PinnedRelease {
  readonly release: Release;
  readonly chart: LocalChart;
}
