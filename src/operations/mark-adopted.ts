import { renderChart } from "../helm/render-chart.ts";
import { isMissing } from "../kube/api-error.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { clusterScopeWith } from "../manifest/cluster-scope.ts";
import { isOwnedBy } from "../manifest/helm-metadata.ts";
import { isHook } from "../manifest/hooks.ts";
import { objectRef } from "../manifest/object-ref.ts";
import { parseManifest } from "../manifest/parse-manifest.ts";
import { FlotillaError } from "../model/errors.ts";
import { helmOwner, saysItIsOf } from "../model/helm-owner.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import type { Release } from "../model/stack.ts";
import type { ClassifiedRelease } from "../plan/build.ts";
import type { HelmProvider } from "./choose-helm.ts";
import type { Cluster } from "./connect-cluster.ts";

/** What brings objects that may be there already. */
const ADOPTING: readonly ClassifiedRelease["action"][] = ["install", "upgrade"];

/** How many objects a plan names. */
const NAMED = 5;

/**
 * Where a release may adopt and is to be installed or upgraded: looks whether its objects are there and nobody's, put there
 * by kubectl or istioctl, or by an older chart that kept its CRDs out of Helm's hands, and makes the step an adoption of
 * those. Nothing is rendered or asked for any other release.
 * @throws FlotillaError `release-owned` when they belong to another Helm release: two would then fight over them
 */
export function markAdopted(
  cluster: Cluster,
  provideHelm: HelmProvider,
  releases: readonly ClassifiedRelease[],
  signal: AbortSignal,
): Promise<readonly ClassifiedRelease[]> {
  return Promise.all(
    releases.map(async (classified) => {
      const { release } = classified.pinned;
      if (!ADOPTING.includes(classified.action) || !release.adopt) return classified;
      const objects = await objectsThere(
        cluster.client,
        await render(cluster, provideHelm, classified, signal),
        signal,
      );
      const foreign = objects.filter(({ object }) => !isOwnedBy(object.metadata, release));
      if (foreign.length === 0) return classified;
      refuseOwned(foreign, release);
      const names = foreign.map(({ ref }) => named(ref));
      const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
      const reason = `takes over what is there, and deletes nothing: ${names.slice(0, NAMED).join(", ")}${more}`;
      return { ...classified, action: "adopt" as const, reason };
    }),
  );
}

/** One that an object of a manifest already stands for in the cluster. */
interface PresentObject {
  readonly ref: ObjectRef;
  readonly object: KubeObject;
}

async function render(
  cluster: Cluster,
  provideHelm: HelmProvider,
  { pinned, revision }: ClassifiedRelease,
  signal: AbortSignal,
): Promise<readonly ObjectRef[]> {
  const { name, namespace, values } = pinned.release;
  const request = {
    name,
    namespace,
    chart: pinned.chart.path,
    values,
    kubeVersion: cluster.kubernetesVersion,
    apiVersions: [],
    isUpgrade: revision !== null,
  };
  const objects = parseManifest(await renderChart({ path: await provideHelm.path() }, request, signal));
  const scope = clusterScopeWith(objects);
  return objects.filter((object) => !isHook(object)).map((object) => objectRef(object, namespace, scope));
}

async function objectsThere(
  client: KubeClient,
  refs: readonly ObjectRef[],
  signal: AbortSignal,
): Promise<readonly PresentObject[]> {
  const found = await Promise.all(
    refs.map(async (ref) => {
      const object = await client.get(ref, signal).catch((error: unknown) => {
        // A kind that the cluster does not know yet.
        if (isMissing(error)) return null;
        throw error;
      });
      return object === null ? [] : [{ ref, object }];
    }),
  );
  return found.flat();
}

function refuseOwned(foreign: readonly PresentObject[], { name, namespace }: Release): void {
  for (const { ref, object } of foreign) {
    const owner = helmOwner(object.metadata);
    if (owner === null || saysItIsOf(object.metadata, { name, namespace })) continue;
    throw new FlotillaError(
      "release-owned",
      `${named(ref)} belongs to the Helm release ${owner.name} in namespace ${owner.namespace}: release ${name} of this stack cannot adopt it.`,
      {
        hint: `Call the release ${owner.name} (namespace ${owner.namespace}) in the stack file to take it over whole.`,
      },
    );
  }
}

function named({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace === null ? "" : `${namespace}/`}${name}`;
}
