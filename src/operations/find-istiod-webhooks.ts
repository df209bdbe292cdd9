import { readReleaseManifest } from "../execute/release-manifest.ts";
import { injectionWebhook, validationWebhook } from "../gates/istiod-webhooks.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { parseManifest } from "../manifest/parse-manifest.ts";
import type { ClassifiedRelease } from "../plan/build.ts";
import type { IstiodWebhooks } from "../plan/gates.ts";
import type { Cluster } from "./connect-cluster.ts";
import type { Renders } from "./renders.ts";

/**
 * The webhooks that istiod brings, told from its manifest: rendered when it changes, Helm's own record when it does not.
 * Null when there is no istiod, or nothing changes that has to wait for one of them.
 */
export async function findIstiodWebhooks(
  cluster: Cluster,
  renders: Renders,
  releases: readonly ClassifiedRelease[],
  signal: AbortSignal,
): Promise<IstiodWebhooks | null> {
  const istiod = releases.find(({ pinned }) => pinned.release.role === "istiod");
  if (!istiod) return null;
  const { name, namespace } = istiod.pinned.release;
  const waits = releases.some(
    ({ pinned: { release }, action }) => action !== "unchanged" && (release.injected || release.needs.includes(name)),
  );
  if (!waits) return null;
  const manifest = await manifestOf(cluster, renders, istiod, signal);
  const [injection, validation] = [injectionWebhook(manifest), validationWebhook(manifest)];
  return { release: name, namespace, injection, validation };
}

async function manifestOf(
  cluster: Cluster,
  renders: Renders,
  istiod: ClassifiedRelease,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const { name, namespace } = istiod.pinned.release;
  if (istiod.action === "unchanged") {
    return readReleaseManifest(cluster.client, { name, namespace, revision: istiod.revision ?? 0 }, signal);
  }
  const { manifest } = await renders.render(istiod);
  // Parsing takes longer than rendering: a text without the word needs none.
  return manifest.includes("WebhookConfiguration") ? parseManifest(manifest) : [];
}
