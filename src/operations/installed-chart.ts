import { decodeRelease, releaseSecretName } from "../helm/release-records.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import type { ObservedRelease } from "../model/observed.ts";

/** The version of the chart that a release's newest revision was made from; null when its record is gone. */
export async function installedChartVersion(
  client: KubeClient,
  { name, namespace, revision }: Pick<ObservedRelease, "name" | "namespace" | "revision">,
  signal: AbortSignal,
): Promise<string | null> {
  const ref = { apiVersion: "v1", kind: "Secret", namespace, name: releaseSecretName(name, revision) };
  const secret = await client.get(ref, signal);
  return secret === null ? null : decodeRelease(secret).chart.version;
}
