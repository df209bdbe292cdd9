import { readReleaseManifest } from "../execute/release-manifest.ts";
import type { RunContext } from "../model/context.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { objectRefs } from "../manifest/object-ref.ts";
import { keepsOnUninstall } from "../manifest/resource-policy.ts";
import type { ObservedRelease, StackRecord } from "../model/observed.ts";
import type { Plan } from "../model/plan.ts";
import type { Stack } from "../model/stack.ts";
import { claimedByRecord } from "../plan/claim.ts";
import { buildDownPlan, type InstalledRelease } from "../plan/build-down.ts";
import { RecordStore } from "../state/record-store.ts";
import type { HelmProvider } from "./choose-helm.ts";
import type { Cluster } from "./connect-cluster.ts";
import { observeNamespaces } from "./observe-stack.ts";

/** What goes beside the releases. */
export interface DownOptions {
  /** CustomResourceDefinitions that Helm keeps, and with them every custom resource of their kinds. */
  readonly crds: boolean;
  /** Namespaces that flotilla made. */
  readonly namespaces: boolean;
  /** Volume claims that Helm keeps. */
  readonly volumes: boolean;
}

/** Which kinds each option takes along. */
const KEPT_KINDS: readonly (readonly [keyof DownOptions, string])[] = [
  ["crds", "CustomResourceDefinition"],
  ["volumes", "PersistentVolumeClaim"],
];

/** Plans the removal of all that belongs to a stack, in reverse order. Changes nothing. */
export async function createDownPlan(
  stack: Stack,
  cluster: Cluster,
  options: DownOptions,
  provideHelm: HelmProvider,
  context: RunContext,
): Promise<Plan> {
  const { client } = cluster;
  const { record } = await RecordStore.open(client, stack.stateNamespace, stack.name, context.signal);
  const places = [...stack.releases, ...Object.values(record.releases)].map(({ namespace }) => namespace);
  const observed = await observeNamespaces(client, places, context.signal);
  const own = observed.filter((release) => release.stack === stack.name || ownedByRecord(record, release));
  const helm = own.length > 0 ? await provideHelm.open() : null;
  return buildDownPlan({
    stack: stack.name,
    environment: stack.environment.name,
    context: cluster.context,
    kubernetesVersion: cluster.kubernetesVersion,
    helmVersion: helm?.version ?? null,
    releases: own.map((release) => installedRelease(stack, release)),
    leftovers: await findLeftovers(cluster, own, options, context.signal),
    namespaces: options.namespaces ? record.namespaces : [],
  });
}

function ownedByRecord(record: StackRecord, release: ObservedRelease): boolean {
  return release.stack === null && claimedByRecord(record.releases[release.name] ?? null, release);
}

/** A release that the stack file no longer has goes first: nothing of the stack can need it. */
function installedRelease(stack: Stack, { name, namespace, revision }: ObservedRelease): InstalledRelease {
  const release = stack.releases.find((each) => each.name === name);
  const others = stack.releases.map((each) => each.name);
  return { name, namespace, revision, needs: release ? release.needs : others };
}

async function findLeftovers(
  { client }: Cluster,
  releases: readonly ObservedRelease[],
  options: DownOptions,
  signal: AbortSignal,
): Promise<readonly ObjectRef[]> {
  const kinds = KEPT_KINDS.flatMap(([option, kind]) => (options[option] ? [kind] : []));
  if (kinds.length === 0) return [];
  const found = await Promise.all(
    releases.map(async (release) => {
      const objects: readonly KubeObject[] = await readReleaseManifest(client, release, signal);
      const kept = objects.filter((object) => kinds.includes(object.kind) && keepsOnUninstall(object));
      return objectRefs(kept, release.namespace);
    }),
  );
  return found.flat();
}
