import { ISTIO_CHARTS, ISTIO_HUB, retiredPlace } from "../catalog/istio-sources.ts";
import type { Finding } from "../model/finding.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { ChartReference } from "../model/stack.ts";
import { type Facts, valueOf } from "./facts.ts";
import { finding } from "./finding-codes.ts";
import { fewInWords, inWords } from "./in-words.ts";
import { podWorkload } from "./outdated-proxies.ts";
import { imagesOf } from "./pods-of.ts";

/** Do charts or images come from where Istio takes them away? (istio.io blog, "retirement of GCP") */
export function checkRetiredSources({ stack, rendered, pods }: Facts): readonly Finding[] {
  const charts = placed(stack.releases.map(({ name, chart }) => [name, urlOf(chart)]));
  const images = placed([
    ...(valueOf(rendered) ?? []).flatMap(({ release, objects }) =>
      imagesOf(valueOf(objects) ?? []).map((image) => [release, image] as const),
    ),
    ...stack.releases.flatMap(({ name, values }) => hubsIn(values).map((hub) => [name, hub] as const)),
    ...(valueOf(pods) ?? []).flatMap((pod) => imagesOf([pod]).map((image) => [workloadOf(pod), image] as const)),
  ]);
  return [
    ...[...charts].map(([place, names]) =>
      finding(
        "istio-source-retired",
        `The charts of ${inWords(names)} come from ${place}, which Istio removes in December 2026.`,
        `Use ${ISTIO_CHARTS}.`,
      ),
    ),
    ...[...images].map(([place, names]) =>
      finding(
        "istio-images-retired",
        `Images of ${fewInWords(names)} come from ${place}, which Istio removes in December 2026.`,
        `Set \`hub: ${ISTIO_HUB}\`, and restart gateways and sidecars.`,
      ),
    ),
  ];
}

/** In words, for a pod that runs: who makes it anew is what has to be restarted. */
function workloadOf(pod: KubeObject): string {
  const { namespace, kind, name } = podWorkload(pod);
  return `${kind} ${namespace}/${name}`;
}

/** Releases, or what runs, by the retired place that something of theirs lies in. */
function placed(things: readonly (readonly [release: string, location: string])[]): ReadonlyMap<string, string[]> {
  const places = new Map<string, string[]>();
  for (const [release, location] of things) {
    const place = retiredPlace(location);
    if (place === null) continue;
    places.set(place, [...new Set([...(places.get(place) ?? []), release])]);
  }
  return places;
}

function urlOf(chart: ChartReference): string {
  return "url" in chart ? chart.url : "";
}

/** Every `hub` in some values, at whatever depth: that is how Istio's charts call a registry. */
function hubsIn(values: unknown): readonly string[] {
  if (typeof values !== "object" || values === null) return [];
  return Object.entries(values).flatMap(([key, value]: [string, unknown]) =>
    key === "hub" && typeof value === "string" ? [value] : hubsIn(value),
  );
}
