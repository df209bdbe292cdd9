import { chartMentions, mayRefuseValues } from "../charts/mentions.ts";
import { HelmError } from "../helm/helm-error.ts";
import { FlotillaError } from "../model/errors.ts";
import type { ClassifiedRelease } from "../plan/build.ts";
import { throwIfAborted } from "../runtime/abort.ts";
import { LOOKS_AT_CLUSTER, type Renders } from "./renders.ts";

/**
 * Refuses values that a chart does not take, of all releases in one report, while nothing is touched yet.
 * @param brief what is to be installed is not looked at otherwise: it is only tried, and only where its chart can refuse
 * @throws FlotillaError `values-invalid`, `interrupted`
 */
export async function refuseWrongValues(
  releases: readonly ClassifiedRelease[],
  { renders, brief }: { readonly renders: Renders; readonly brief: boolean },
  signal: AbortSignal,
): Promise<void> {
  const refusals = await Promise.all(
    releases.map(async (each) => {
      const isUnseen = brief && each.revision === null;
      if (isUnseen && !(await isWorthIt(each))) return [];
      return (isUnseen ? renders.check(each) : renders.render(each)).then(
        () => [],
        async (error: unknown) => (await refusalFor(error, each.pinned.chart.path)) ?? [],
      );
    }),
  );
  throwIfAborted(signal);
  const [first, ...others] = refusals.flat();
  if (first === undefined) return;
  const message = [first, ...others].map(({ diagnosis }) => diagnosis.message).join("\n");
  throw new FlotillaError("values-invalid", message, { hint: first.diagnosis.hint });
}

/** What nobody has written is not wrong. Istio's base takes longest to render, and takes hardly any values. */
async function isWorthIt({ pinned: { release, chart } }: ClassifiedRelease): Promise<boolean> {
  return !release.valuesAreOurs && release.role !== "istio-base" && mayRefuseValues(chart.path);
}

/**
 * The error as a refusal of values that stays one whatever comes before; null when it is none: what a template refuses by what
 * is in the cluster may be another thing once earlier steps are done, and helm will say.
 * @param chart its archive or folder
 */
export async function refusalFor(error: unknown, chart: string): Promise<HelmError | null> {
  if (!(error instanceof HelmError) || error.refusal === null) return null;
  const [looks] = error.refusal === "template" ? await chartMentions(chart, [LOOKS_AT_CLUSTER]) : [false];
  return looks ? null : error;
}
