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

/** A chart that a chart in a folder depends on, as flotilla.lock pins it. */
export interface DependencyPin {
  /** Its alias in the chart, else its name. */
  readonly name: string;
  readonly version: string;
  /** URL of its repository, or `oci://host/path/name`. */
  readonly source: string;
  /** `sha256:…` of the archive's bytes. */
  readonly digest: string;
  /** The range of the Chart.yaml that the pin was chosen from; null when it had none. */
  readonly range: string | null;
}

/** What flotilla.lock pins of a release whose chart is a folder: never the folder itself. */
export interface FolderEntry {
  readonly release: string;
  /** At least one; no name twice. */
  readonly dependencies: readonly DependencyPin[];
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
