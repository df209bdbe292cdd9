import { decodeRelease, releaseSecretName, type StoredRelease } from "../helm/release-records.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { FlotillaError } from "../model/errors.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { parseManifest } from "../manifest/parse-manifest.ts";

/** One revision of a release. */
export interface ReleaseRevision {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
}

/** A release's revision as Helm's own record in the cluster has it; null when it is gone. */
export async function readStoredRelease(
  client: KubeClient,
  release: ReleaseRevision,
  signal: AbortSignal,
): Promise<StoredRelease | null> {
  const name = releaseSecretName(release.name, release.revision);
  const secret = await client.get({ apiVersion: "v1", kind: "Secret", namespace: release.namespace, name }, signal);
  return secret === null ? null : decodeRelease(secret);
}

/**
 * The objects of a release's revision, as Helm's own record in the cluster has them.
 * @throws FlotillaError `plan-stale` when the revision is gone
 */
export async function readReleaseManifest(
  client: KubeClient,
  release: ReleaseRevision,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  return parseManifest((await expectStoredRelease(client, release, signal)).manifest);
}

/**
 * Like {@link readReleaseManifest}, with the objects of its hooks.
 * @throws FlotillaError `plan-stale` when the revision is gone
 */
export async function readReleaseObjects(
  client: KubeClient,
  release: ReleaseRevision,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const { manifest, hooks } = await expectStoredRelease(client, release, signal);
  return [manifest, ...hooks].flatMap((text) => parseManifest(text));
}

async function expectStoredRelease(
  client: KubeClient,
  release: ReleaseRevision,
  signal: AbortSignal,
): Promise<StoredRelease> {
  const stored = await readStoredRelease(client, release, signal);
  if (stored !== null) return stored;
  throw new FlotillaError(
    "plan-stale",
    `Revision ${release.revision} of release ${release.name} in namespace ${release.namespace} is gone.`,
    { hint: "Somebody else changes this release at the same time. Run the command again." },
  );
}
