import type { RunContext } from "../model/context.ts";
import type { Release } from "../model/stack.ts";
import type { Pin } from "./pin-release.ts";

/** How many charts are fetched at the same time. */
const PARALLEL_FETCHES = 4;

/**
 * Pins every release, a few at a time; the first failure stops the others, and nothing goes on behind its back.
 * @returns in the order of the releases
 * @throws what `pin` throws first
 */
export async function pinReleases(
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
