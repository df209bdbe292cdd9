import { retiredImagesWarning } from "../catalog/retired-places.ts";
import { renderChart } from "../helm/render-chart.ts";
import { imagesOf } from "../manifest/images.ts";
import { parseManifest } from "../manifest/parse-manifest.ts";
import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { PinnedRelease } from "../model/lock.ts";
import type { HelmProvider } from "./choose-helm.ts";

/** What charts are told of the cluster: the newest Kubernetes that flotilla is tested with, so that no machine matters. */
const RENDERED_FOR = "v1.36.0";

/**
 * The images that the releases render, sorted, each once. Needs helm, but no cluster. Null when they cannot be told, which
 * is said in a notice: a lock is none the worse for that.
 * @throws FlotillaError `interrupted`
 */
export async function listImages(
  pinned: readonly PinnedRelease[],
  provideHelm: HelmProvider,
  context: RunContext,
): Promise<readonly string[] | null> {
  try {
    const path = await provideHelm.path();
    const images = new Set<string>();
    // One after the other: a helm takes a core to itself.
    for (const { release, chart } of pinned) {
      const manifest = await renderChart(
        { path },
        {
          name: release.name,
          namespace: release.namespace,
          chart: chart.path,
          values: release.values,
          kubeVersion: RENDERED_FOR,
          apiVersions: [],
          isUpgrade: false,
        },
        context.signal,
      );
      for (const image of imagesOf(parseManifest(manifest))) images.add(image);
    }
    const retired = retiredImagesWarning([...images].toSorted());
    if (retired !== null) context.emit({ type: "notice", level: "warning", ...retired });
    return withoutOpenOnes([...images].toSorted(), context);
  } catch (error) {
    if (!(error instanceof FlotillaError) || context.signal.aborted) throw error;
    context.emit({
      type: "notice",
      level: "warning",
      message: `The images are not listed: ${error.message}`,
      hint: error.hint,
    });
    return null;
  }
}

/** Whether a variable that is not set stands in an image's name depends on the machine: such an image is not listed. */
function withoutOpenOnes(images: readonly string[], context: RunContext): readonly string[] {
  const open = images.filter((image) => image.includes("${"));
  if (open.length > 0) {
    const message = `Not among the images, for want of variables: ${open.join(", ")}.`;
    context.emit({ type: "notice", level: "warning", message, hint: "Set them and run `flotilla lock` again." });
  }
  return images.filter((image) => !open.includes(image));
}
