import { observeReleases } from "../helm/release-records.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import type { ObservedRelease } from "../model/observed.ts";

/** Only the newest revisions matter, and everything about them stands in labels: no payload is read. */
const HELM_SECRETS = "owner=helm";

/** The Helm releases in some namespaces, newest revision each. Namespaces that do not exist have none. */
export async function observeNamespaces(
  client: KubeClient,
  namespaces: Iterable<string>,
  signal: AbortSignal,
): Promise<readonly ObservedRelease[]> {
  const lists = await Promise.all(
    [...new Set(namespaces)].map((namespace) =>
      client.list(
        { apiVersion: "v1", kind: "Secret" },
        namespace,
        { labelSelector: HELM_SECRETS, metadataOnly: true },
        signal,
      ),
    ),
  );
  return lists.flatMap(({ items }) => observeReleases(items));
}

/** Finds a release among the observed ones. */
export function findRelease(
  observed: readonly ObservedRelease[],
  release: { readonly name: string; readonly namespace: string },
): ObservedRelease | null {
  return observed.find(({ name, namespace }) => name === release.name && namespace === release.namespace) ?? null;
}
