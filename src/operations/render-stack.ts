import { createSlots } from "../execute/slots.ts";
import { renderChart } from "../helm/render-chart.ts";
import { parseManifest } from "../manifest/parse-manifest.ts";
import type { PinnedRelease } from "../model/lock.ts";
import type { RenderedRelease } from "../preflight/facts.ts";
import { findOut } from "./find-out.ts";

/** Renders every chart, several at a time; what fails is told of that release alone. */
export function renderStack(
  helm: { readonly path: string },
  pinned: readonly PinnedRelease[],
  options: { readonly kubernetesVersion: string; readonly parallel: number },
  signal: AbortSignal,
): Promise<readonly RenderedRelease[]> {
  const slots = createSlots(options.parallel);
  return Promise.all(
    pinned.map(async ({ release: { name, namespace, values }, chart }) => {
      const request = {
        name,
        namespace,
        chart: chart.path,
        values,
        kubeVersion: options.kubernetesVersion,
        apiVersions: [],
        isUpgrade: false,
      };
      const rendering = slots.use(() => renderChart(helm, request, signal), signal).then(parseManifest);
      return { release: name, objects: await findOut(rendering) };
    }),
  );
}
