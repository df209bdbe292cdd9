import type { Helm } from "../helm/helm.ts";
import type { RunContext } from "../model/context.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { Stack } from "../model/stack.ts";
import { type AccessNeed, accessNeeds } from "../preflight/access-needs.ts";
import {
  type Fact,
  type Facts,
  mapFact,
  noFacts,
  problemOf,
  type RenderedRelease,
  valueOf,
} from "../preflight/facts.ts";
import { packageVersion } from "../runtime/package-version.ts";
import type { HelmProvider } from "./choose-helm.ts";
import { type Cluster, type ClusterOptions, connectCluster } from "./connect-cluster.ts";
import { findOut } from "./find-out.ts";
import { judgeInstalled } from "./judge-installed.ts";

import {
  listGitopsObjects,
  listIstioCrds,
  listIstioObjects,
  listIstioOperators,
  listIstiods,
  listNodes,
  listPods,
} from "./list-facts.ts";
import { balancerFacts, storageFacts } from "./platform-facts.ts";
import { isNamed } from "./judge-target.ts";
import { renderStack } from "./render-stack.ts";
import { renderedResources } from "./rendered-resources.ts";
import { resolveLock } from "./resolve-lock.ts";
import { readIdentity, reviewAccess } from "./review-access.ts";
import { isGone, readStateNamespace } from "./state-namespace.ts";

/** What facts are gathered with. */
export interface FactSources {
  readonly stack: Stack;
  readonly cluster: ClusterOptions;
  readonly helm: HelmProvider;
  readonly today: Date;
}

/** Looks at everything that the checks want to know, all at the same time where nothing depends on something else. */
export async function gatherFacts(sources: FactSources, context: RunContext): Promise<Facts> {
  const { stack } = sources;
  const [helm, lock, reached] = await Promise.all([
    findOut(sources.helm.open()),
    findOut(resolveLock(stack, { write: false }, context)),
    findOut(connectCluster(stack, { ...sources.cluster, changes: false }, context)),
  ]);
  const base: Facts = {
    ...noFacts(stack, sources.today, packageVersion()),
    helm,
    charts: mapFact(lock, ({ pinned }) => pinned),
  };
  const cluster = valueOf(reached);
  const problem = problemOf(reached);
  if (cluster === null) return { ...base, cluster: problem && { problem } };
  try {
    const { context: name, kubernetesVersion } = cluster;
    const named = await isNamed(stack.environment, sources.cluster);
    const facts: Facts = { ...base, cluster: { value: { context: name, kubernetesVersion, named } } };
    return await lookAtCluster(facts, cluster, valueOf(helm), context);
  } finally {
    cluster.client.close();
  }
}

async function lookAtCluster(facts: Facts, cluster: Cluster, helm: Helm | null, context: RunContext): Promise<Facts> {
  const { stack } = facts;
  const { client, kubernetesVersion } = cluster;
  const { signal } = context;
  const hasIstio = stack.releases.some(({ role }) => role === "istiod" || role === "istio-base");
  const pinned = valueOf(facts.charts);
  const options = { kubernetesVersion, parallel: stack.parallel };
  const rendering = helm === null || pinned === null ? null : findOut(renderStack(helm, pinned, options, signal));
  const namespaces = findOut(existingNamespaces(stack, cluster, signal));
  const stateNamespace = findOut(readStateNamespace(client, stack, signal));
  const needs = async (): Promise<readonly AccessNeed[]> => {
    const missing = missingNamespaces(stack, valueOf(await namespaces), await stateNamespace);
    return allNeeds(stack, cluster, missing, valueOf(await rendering) ?? [], signal);
  };
  const [
    identity,
    denials,
    nodes,
    pods,
    storage,
    installed,
    istiods,
    istioOperators,
    istioObjects,
    istioCrds,
    gitops,
    balancers,
  ] = await Promise.all([
    findOut(readIdentity(client, signal)),
    findOut(reviewAccess(client, needs, signal)),
    findOut(listNodes(client, signal)),
    findOut(listPods(client, signal)),
    storageFacts(client, signal),
    findOut(judgeInstalled(stack, cluster, context)),
    hasIstio ? findOut(listIstiods(client, signal)) : null,
    hasIstio ? findOut(listIstioOperators(client, signal)) : null,
    hasIstio ? findOut(listIstioObjects(client, signal)) : null,
    hasIstio ? findOut(listIstioCrds(client, signal)) : null,
    findOut(listGitopsObjects(client, stack.releases, signal)),
    balancerFacts(client, stack.releases, signal),
  ]);
  return {
    ...facts,
    identity,
    denials,
    nodes,
    pods,
    ...storage,
    installed,
    istiods,
    istioOperators,
    istioObjects,
    istioCrds,
    gitops,
    ...balancers,
    namespaces: await namespaces,
    stateNamespace: await stateNamespace,
    rendered: await rendering,
  };
}

async function existingNamespaces(
  stack: Stack,
  { client }: Cluster,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const found = await Promise.all(
    stack.namespaces.map(({ name }) =>
      client.get({ apiVersion: "v1", kind: "Namespace", namespace: null, name }, signal),
    ),
  );
  return found.flatMap((namespace) => namespace ?? []);
}

/** Where namespaces may not be looked at, they are taken to be there. */
function missingNamespaces(
  { namespaces, stateNamespace }: Stack,
  existing: readonly KubeObject[] | null,
  state: Fact<KubeObject | null>,
): readonly string[] {
  const there = existing?.map(({ metadata }) => metadata.name);
  const missing = namespaces.map(({ name }) => name).filter((name) => there !== undefined && !there.includes(name));
  return isGone(state) ? [...missing, stateNamespace] : missing;
}

async function allNeeds(
  stack: Stack,
  { client }: Cluster,
  missing: readonly string[],
  rendered: readonly RenderedRelease[],
  signal: AbortSignal,
): Promise<readonly AccessNeed[]> {
  const objects = rendered.flatMap(({ release, objects }) => {
    const namespace = stack.releases.find(({ name }) => name === release)?.namespace ?? "";
    return [{ namespace, objects: valueOf(objects) ?? [] }];
  });
  const resources = await renderedResources(client, objects, signal);
  return accessNeeds({ stack, releases: stack.releases, missingNamespaces: missing, rendered: resources });
}
