import { readReleaseObjects } from "../execute/release-manifest.ts";
import type { RunContext } from "../model/context.ts";
import { FlotillaError, PreflightError } from "../model/errors.ts";
import { objectRefs } from "../manifest/object-ref.ts";
import type { ObjectRef } from "../model/kube-object.ts";
import { recordedRelease } from "../model/record-key.ts";
import type { ObservedRelease, StackRecord } from "../model/observed.ts";
import type { Plan } from "../model/plan.ts";
import type { Stack } from "../model/stack.ts";
import { belongsTo } from "../plan/claim.ts";
import { buildDownPlan, type InstalledRelease } from "../plan/build-down.ts";
import { whatStays } from "../plan/what-stays.ts";
import { checkDown } from "../preflight/check-down.ts";
import type { ReleaseName } from "../preflight/down-facts.ts";
import { RecordStore } from "../state/record-store.ts";
import type { HelmProvider } from "./choose-helm.ts";
import type { Cluster } from "./connect-cluster.ts";
import { keptClaims, keptCrds, type ReleaseObjects } from "./kept-objects.ts";
import { gatherDownFacts } from "./gather-down-facts.ts";
import { copiedSecrets } from "./observe-pull-secrets.ts";
import { findRelease, observeNamespaces } from "./observe-stack.ts";
import { withoutSecrets } from "./without-secrets.ts";

/** What goes beside the releases. */
export interface DownOptions {
  /** CustomResourceDefinitions that Helm keeps, and with them every custom resource of their kinds. */
  readonly crds: boolean;
  /** Namespaces that flotilla made. */
  readonly namespaces: boolean;
  /** Volume claims that Helm keeps, and those that StatefulSets have made. */
  readonly volumes: boolean;
}

/**
 * Plans the removal of all that belongs to a stack, in reverse order. Changes nothing.
 * @throws FlotillaError `release-protected` when the stack file protects a release that is there; PreflightError when others
 * would lose something by it, or it would delete what it was not told to
 */
export const createDownPlan = withoutSecrets(planRemoval);

async function planRemoval(
  stack: Stack,
  cluster: Cluster,
  options: DownOptions,
  provideHelm: HelmProvider,
  context: RunContext,
): Promise<Plan> {
  const { client } = cluster;
  const { signal } = context;
  const { record } = await RecordStore.open(client, stack.stateNamespace, stack.name, signal);
  const known = [
    ...stack.releases.map(({ name, namespace }) => ({ name, namespace })),
    ...Object.entries(record.releases).map(([key, { namespace }]) => ({
      name: key.split("/").at(-1) ?? key,
      namespace,
    })),
  ];
  const observed = await observeNamespaces(
    client,
    known.map(({ namespace }) => namespace),
    signal,
  );
  const own = observed.filter((release) => belongsTo(stack.name, record, release));
  refuseProtected(stack, record, own);
  const installed = await Promise.all(
    own.map(async (release) => ({ ...release, objects: await readReleaseObjects(client, release, signal) })),
  );
  const survey: Survey = {
    installed,
    gone: known.filter((release) => findRelease(observed, release) === null),
    namespaces: options.namespaces ? record.namespaces : [],
  };
  const [helm, leftovers, copies] = await Promise.all([
    own.length > 0 ? provideHelm.open() : null,
    takeLeftovers(stack, cluster, survey, options, signal),
    copiedSecrets(client, stack, signal),
  ]);
  const stays = whatStays(installed, record.namespaces, options);
  const plan = buildDownPlan({
    stack: stack.name,
    environment: stack.environment.name,
    context: cluster.context,
    kubernetesVersion: cluster.kubernetesVersion,
    helmVersion: helm?.version ?? null,
    releases: own.map((release) => installedRelease(stack, release)),
    leftovers: [...leftovers, ...copies.map((secret) => ({ apiVersion: "v1", kind: "Secret", ...secret }))],
    namespaces: survey.namespaces,
  });
  return stays === null ? plan : { ...plan, notes: [...plan.notes, stays] };
}

/** The stack file has the word; for a release that has left it, what it last said. */
function refuseProtected(stack: Stack, record: StackRecord, installed: readonly ObservedRelease[]): void {
  const isProtected = (release: ObservedRelease): boolean => {
    const { name, namespace } = release;
    const wanted = stack.releases.find((each) => each.name === name && each.namespace === namespace);
    return wanted?.protect ?? recordedRelease(record, release)?.protect ?? false;
  };
  const names = installed.filter(isProtected).map(({ name }) => name);
  if (names.length === 0) return;
  const message = `Nothing may uninstall ${names.join(", ")}: \`protect\` is set in the stack file. Nothing was removed.`;
  const hint = "If it really is to go: set protect: false in the stack file, run `flotilla up`, then down again.";
  throw new FlotillaError("release-protected", message, { hint });
}

/** A release that the stack file no longer has goes first: nothing of the stack can need it. */
function installedRelease(stack: Stack, { name, namespace, revision }: ObservedRelease): InstalledRelease {
  const release = stack.releases.find((each) => each.name === name);
  const others = stack.releases.map((each) => each.name);
  return { name, namespace, revision, needs: release ? release.needs : others };
}

/** What belongs to the stack, and what of it is asked to go. */
interface Survey {
  readonly installed: readonly ReleaseObjects[];
  /** Releases that are known of and not there (any more): what they kept is the stack's. */
  readonly gone: readonly ReleaseName[];
  readonly namespaces: readonly string[];
}

/**
 * What the uninstalls leave behind and was asked to go.
 * @throws PreflightError when that, or the stack itself, is somebody else's ground
 */
async function takeLeftovers(
  stack: Stack,
  { client }: Cluster,
  { installed, gone, namespaces }: Survey,
  options: DownOptions,
  signal: AbortSignal,
): Promise<readonly ObjectRef[]> {
  const [crds, claims] = await Promise.all([
    options.crds ? keptCrds(client, installed, gone, signal) : [],
    options.volumes || namespaces.length > 0 ? keptClaims(client, installed, gone, signal) : [],
  ]);
  const findings = checkDown({
    ...(await gatherDownFacts(client, { installed, crds, namespaces }, signal)),
    stack: stack.name,
    releases: [...installed, ...gone],
    objects: installed.flatMap(({ namespace, objects }) => objectRefs(objects, namespace)),
    claims,
    claimsGo: options.volumes,
  });
  if (findings.length === 0) return [...crds, ...(options.volumes ? claims : [])];
  const things = findings.length === 1 ? "One thing keeps" : `${findings.length} things keep`;
  throw new PreflightError(
    `${things} the stack ${stack.name} from being removed. Nothing was removed.`,
    findings,
    null,
  );
}
