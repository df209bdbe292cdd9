import { readReleaseManifest } from "../execute/release-manifest.ts";
import { injectionWebhook } from "../gates/injection.ts";
import { renderChart } from "../helm/render-chart.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { parseManifest } from "../manifest/parse-manifest.ts";
import type { ClassifiedRelease, InjectionWebhook } from "../plan/build.ts";
import type { HelmProvider } from "./choose-helm.ts";
import type { Cluster } from "./connect-cluster.ts";

/** The webhook that istiod brings, told from its manifest: rendered when it changes, Helm's own record when it does not. */
export async function findInjectionWebhook(
  cluster: Cluster,
  provideHelm: HelmProvider,
  releases: readonly ClassifiedRelease[],
  signal: AbortSignal,
): Promise<InjectionWebhook | null> {
  const istiod = releases.find(({ pinned }) => pinned.release.role === "istiod");
  const changes = releases.some(({ pinned, action }) => pinned.release.injected && action !== "unchanged");
  if (!istiod || !changes) return null;
  const { name, namespace } = istiod.pinned.release;
  const { webhook, reason } = injectionWebhook(await manifestOf(cluster, provideHelm, istiod, signal));
  return webhook === null ? { name: null, why: reason ?? "" } : { name: webhook, release: name, namespace };
}

async function manifestOf(
  cluster: Cluster,
  provideHelm: HelmProvider,
  { pinned, action, revision }: ClassifiedRelease,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const { name, namespace, values } = pinned.release;
  if (action === "unchanged") {
    return readReleaseManifest(cluster.client, { name, namespace, revision: revision ?? 0 }, signal);
  }
  const rendered = await renderChart(
    { path: await provideHelm.path() },
    {
      name,
      namespace,
      chart: pinned.chart.path,
      values,
      kubeVersion: cluster.kubernetesVersion,
      apiVersions: [],
      isUpgrade: revision !== null,
    },
    signal,
  );
  // Parsing takes longer than rendering: a text without the word needs none.
  return rendered.includes("MutatingWebhookConfiguration") ? parseManifest(rendered) : [];
}
