import type { DependencyPin } from "../model/lock.ts";

/** What a Chart.yaml says of a dependency that comes from elsewhere. */
export interface WantedDependency {
  /** Its alias in the chart, else its name. */
  readonly name: string;
  /** Null when any version goes. */
  readonly range: string | null;
  /** As it stands in a lock. */
  readonly source: string;
}

/**
 * Why a dependency's pin was made for something else than what Chart.yaml says now: a sentence without its full stop; null
 * when it fits.
 */
export function staleDependency(release: string, wanted: WantedDependency, pin: DependencyPin): string | null {
  const said = (noun: string, now: string | null, then: string | null): string =>
    `${release}: the ${noun} of its dependency ${wanted.name} is ${now ?? "not limited"} in Chart.yaml, but was ${then ?? "not limited"} when it was locked`;
  if (pin.range !== wanted.range) {
    return said("version", wanted.range, pin.range);
  }
  return pin.source === wanted.source ? null : said("source", wanted.source, pin.source);
}
