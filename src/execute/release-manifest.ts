import { decodeRelease, releaseSecretName } from "../helm/release-records.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { FlotillaError } from "../model/errors.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { parseManifest } from "../manifest/parse-manifest.ts";

/**
 * The objects of a release's revision, as Helm's own record in the cluster has them.
 * @throws FlotillaError `plan-stale` when the revision is gone
 */
export async function readReleaseManifest(
  client: KubeClient,
  release: { readonly name: string; readonly namespace: string; readonly revision: number },
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const name = releaseSecretName(release.name, release.revision);
  const secret = await client.get({ apiVersion: "v1", kind: "Secret", namespace: release.namespace, name }, signal);
  if (secret === null) {
    throw new FlotillaError(
      "plan-stale",
      `Revision ${release.revision} of release ${release.name} in namespace ${release.namespace} is gone.`,
      { hint: "Somebody else changes this release at the same time. Run the command again." },
    );
  }
  return parseManifest(decodeRelease(secret).manifest);
}
