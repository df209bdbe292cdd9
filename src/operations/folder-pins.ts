import type { ChartDependency } from "../charts/chart-file.ts";
import { dependencySource } from "../charts/dependency-source.ts";
import type { PresentDependency } from "../charts/folder-dependencies.ts";
import { dependenciesOfFolder } from "../charts/folder.ts";
import { sourceName } from "../charts/source-name.ts";
import { fitsRange } from "../lock/choose-version.ts";
import { staleDependency } from "../lock/fits-dependency.ts";
import type { RunContext } from "../model/context.ts";
import type { DependencyPin, FolderEntry } from "../model/lock.ts";
import type { ChartReference, Release } from "../model/stack.ts";

/** A dependency of a chart folder, with all that decides where its bytes come from. */
export interface JudgedDependency {
  /** Its alias in the chart, else its name. */
  readonly key: string;
  readonly wanted: ChartDependency;
  /** Null when only the folder's own `charts/` can hold it. */
  readonly source: ChartReference | null;
  /** What lies in `charts/` under its name and fits its range; null when nothing does. */
  readonly present: PresentDependency | null;
  /** The exact version in Chart.lock, where that fits; null when there is none. */
  readonly lockedVersion: string | null;
  /** What flotilla.lock has; null when it has nothing. */
  readonly pin: DependencyPin | null;
  /** Why the pin does not fit Chart.yaml any more; null when it does. */
  readonly stale: string | null;
}

/** Only archives from elsewhere are pinned: what is a folder is a part of the chart, or of the project. */
export function isPinned({ source, present }: JudgedDependency): boolean {
  return (source?.type === "repository" || source?.type === "oci") && !(present !== null && present.digest === null);
}

/**
 * The dependencies of a release whose chart is a folder, beside what flotilla.lock says of them. Asks no network.
 * @throws FlotillaError `chart-not-found`, `chart-invalid`
 */
export async function judgeDependencies(
  { name: release }: Release,
  folder: string,
  kept: FolderEntry | null,
  context: RunContext,
): Promise<readonly JudgedDependency[]> {
  const { wanted, locked, present } = await dependenciesOfFolder(folder);
  const fits = (dependency: ChartDependency, version: string): boolean => fitsRange(dependency.version, version);
  return Promise.all(
    wanted.map(async (dependency) => {
      const key = dependency.alias ?? dependency.name;
      const source = await dependencySource(folder, dependency, context);
      const pin = kept?.dependencies.find(({ name }) => name === key) ?? null;
      const candidates = present.filter(({ name, version }) => name === dependency.name && fits(dependency, version));
      const named = locked.find(({ name, version }) => name === dependency.name && fits(dependency, version ?? ""));
      return {
        key,
        wanted: dependency,
        source,
        present: candidates.find(({ version }) => version === pin?.version) ?? candidates[0] ?? null,
        lockedVersion: named?.version ?? null,
        pin,
        stale:
          pin === null || source === null
            ? null
            : staleDependency(release, { name: key, range: dependency.version, source: sourceName(source) }, pin),
      };
    }),
  );
}

/** What is wrong with the pins of a chart folder's dependencies: sentences without their full stop. Asks no network. */
export async function folderProblems(
  release: Release,
  { folder, lock }: { readonly folder: FolderEntry | null; readonly lock: string },
  context: RunContext,
): Promise<readonly string[]> {
  if (release.chart.type !== "folder") {
    return [];
  }
  const judged = await judgeDependencies(release, release.chart.path, folder, context);
  return judged.filter(isPinned).flatMap(({ key, present, pin, stale }) => {
    if (pin === null) return [`${release.name}: its dependency ${key} is not pinned`];
    if (stale !== null) return [stale];
    if (present === null || present.digest === pin.digest) return [];
    return [`${release.name}: its dependency ${key} has digest ${present.digest}, but ${lock} says ${pin.digest}`];
  });
}
