import type { JsonValue } from "../model/json.ts";
import type { Release } from "../model/stack.ts";
import { ISTIO_CHARTS, ISTIO_HUB, retiredPlace } from "./istio-sources.ts";

/** What users are to be told of places that Istio takes away. */
export interface RetiredWarning {
  readonly message: string;
  readonly hint: string;
}

/**
 * One warning for all places in charts' sources and values that Istio removes in December 2026; null when there is none.
 * @param told - what was warned of already: places named there are left out
 */
export function retiredWarning(releases: readonly Release[], told: string): RetiredWarning | null {
  const found = new Map<string, Set<string>>();
  const note = (text: string, where: string): void => {
    const place = retiredPlace(text);
    if (place !== null && !told.includes(place)) found.set(place, (found.get(place) ?? new Set()).add(where));
  };
  for (const { name, chart, values } of releases) {
    if (chart.type === "repository" || chart.type === "oci") note(chart.url, `the chart of ${name}`);
    eachText(values, "", (text, path) => note(text, `${path} of ${name}`));
  }
  return warningOf(found);
}

/** One warning for images that lie in such places; null when none does. */
export function retiredImagesWarning(images: readonly string[]): RetiredWarning | null {
  const found = new Map<string, Set<string>>();
  for (const image of images) {
    const place = retiredPlace(image);
    if (place !== null) found.set(place, (found.get(place) ?? new Set()).add(image));
  }
  return warningOf(found);
}

function warningOf(found: ReadonlyMap<string, ReadonlySet<string>>): RetiredWarning | null {
  if (found.size === 0) return null;
  const places = [...found].map(([place, users]) => `${place} (${[...users].join(", ")})`);
  return {
    message: `Istio removes in December 2026: ${places.join("; ")}.`,
    hint: `Charts are at ${ISTIO_CHARTS}, images at ${ISTIO_HUB} (\`istio.hub\`, or \`global.hub\` in values); gateways and sidecars take another hub when they are restarted.`,
  };
}

function eachText(value: JsonValue | undefined, path: string, visit: (text: string, path: string) => void): void {
  if (typeof value === "string") visit(value, path);
  if (typeof value !== "object" || value === null) return;
  for (const [key, below] of Object.entries(value)) eachText(below, path === "" ? key : `${path}.${key}`, visit);
}
