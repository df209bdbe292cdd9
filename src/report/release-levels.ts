import type { Release } from "../model/stack.ts";

/** A release as far as a drawing of the graph needs it. */
export type GraphRelease = Pick<Release, "name" | "needs">;

/**
 * Releases by how many others must come one after the other before them; within a level in the order given. Needs that
 * name no release of the list are left aside, and a circle, which no valid stack has, is cut where it is met.
 */
export function releaseLevels(releases: readonly GraphRelease[]): GraphRelease[][] {
  const byName = new Map(releases.map((release) => [release.name, release]));
  const depths = new Map<string, number>();

  function depthOf(release: GraphRelease): number {
    const known = depths.get(release.name);
    if (known !== undefined) return known;
    depths.set(release.name, 0);
    const needed = release.needs.map((need) => byName.get(need)).filter((need) => need !== undefined);
    const depth = Math.max(-1, ...needed.map(depthOf)) + 1;
    depths.set(release.name, depth);
    return depth;
  }

  const levels: GraphRelease[][] = [];
  for (const release of releases) (levels[depthOf(release)] ??= []).push(release);
  return levels.filter((level) => level !== undefined);
}
