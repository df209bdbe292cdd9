import { type Facts, valueOf } from "./facts.ts";

/** The Istio of the stack, by its istiod. */
export interface IstioVersions {
  /** Of the chart that is wanted; null when the stack has no istiod, or its chart is not known. */
  readonly wanted: string | null;
  /** Of the chart that is installed; null when there is none, or nobody looked. */
  readonly installed: string | null;
}

/** Which Istio is wanted and which one is there. */
export function istioVersions({ stack, charts, installed }: Facts): IstioVersions {
  const istiod = stack.releases.find(({ role }) => role === "istiod");
  if (!istiod) return { wanted: null, installed: null };
  const pinned = valueOf(charts)?.find(({ release }) => release.name === istiod.name);
  const there = valueOf(installed)?.find(({ release }) => release === istiod.name);
  return { wanted: pinned?.chart.version ?? null, installed: there?.chartVersion ?? null };
}
