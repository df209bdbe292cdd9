import type { RunContext } from "../model/context.ts";
import { FlotillaError, PreflightError } from "../model/errors.ts";
import type { Finding } from "../model/finding.ts";
import type { PinnedRelease } from "../model/lock.ts";
import type { Stack } from "../model/stack.ts";
import type { ClassifiedRelease, ObservedNamespace } from "../plan/build.ts";
import { type AccessNeed, accessNeeds } from "../preflight/access-needs.ts";
import { type Facts, type InstalledRelease, noFacts } from "../preflight/facts.ts";
import { runPreflightChecks } from "../preflight/run-checks.ts";
import { packageVersion } from "../runtime/package-version.ts";
import type { HelmProvider } from "./choose-helm.ts";
import type { Cluster } from "./connect-cluster.ts";
import { balancerFacts } from "./platform-facts.ts";
import { findOut } from "./find-out.ts";
import { installedChartVersion } from "./installed-chart.ts";
import { listGitopsObjects, listIstioCrds, listIstioObjects, listIstiods } from "./list-facts.ts";
import { reviewAccess } from "./review-access.ts";
import { isGone, readStateNamespace } from "./state-namespace.ts";

/** What a plan knows already when it has something to change. */
export interface PreflightInput {
  readonly stack: Stack;
  readonly pinned: readonly PinnedRelease[];
  readonly releases: readonly ClassifiedRelease[];
  /** The stack's namespaces that exist. */
  readonly namespaces: readonly ObservedNamespace[];
  readonly cluster: Cluster;
  readonly provideHelm: HelmProvider;
}

/**
 * A short look before something is changed: what `doctor` would say and matters to this run, with a few questions that
 * are asked at the same time. Warnings are sent as notices.
 * @throws PreflightError with every finding of severity `error`
 */
export async function preflight(input: PreflightInput, context: RunContext): Promise<void> {
  const findings = runPreflightChecks(await gather(input, context.signal));
  const errors = findings.filter(({ severity }) => severity === "error");
  for (const { severity, code, message, hint } of findings) {
    if (severity !== "warning") continue;
    context.emit({ type: "notice", level: "warning", message: `${message} (${code})`, hint });
  }
  if (errors.length > 0) throw refusal(input.stack, errors);
}

/**
 * What an answer "forbidden" to a plan means: with it one right is known to be missing, this looks for all of them.
 * @returns a PreflightError with everything that the stack needs and we may not do; `error` itself when that is nothing
 */
export async function explainForbidden(
  error: unknown,
  { stack, cluster }: Pick<PreflightInput, "stack" | "cluster">,
  signal: AbortSignal,
): Promise<unknown> {
  if (!(error instanceof FlotillaError) || error.code !== "forbidden") return error;
  const needs = accessNeeds({ stack, releases: stack.releases, missingNamespaces: [], rendered: [] });
  const denials = await findOut(reviewAccess(cluster.client, async () => needs, signal));
  const findings = runPreflightChecks({ ...noFacts(stack, new Date(), packageVersion()), denials });
  return findings.length > 0 ? refusal(stack, findings) : error;
}

function refusal({ name }: Stack, errors: readonly Finding[]): PreflightError {
  const things = errors.length === 1 ? "One thing keeps" : `${errors.length} things keep`;
  return new PreflightError(`${things} the stack ${name} from being applied. Nothing was changed.`, errors);
}

async function gather(input: PreflightInput, signal: AbortSignal): Promise<Facts> {
  const { stack, pinned, namespaces, cluster, provideHelm } = input;
  const { client, context, kubernetesVersion } = cluster;
  const changed = input.releases.filter(({ action }) => action !== "unchanged").map((each) => each.pinned.release);
  const changes = (role: string): boolean => changed.some((release) => release.role === role);
  const brings = input.releases.some(
    ({ pinned: { release }, revision }) => revision === null && ["istio-base", "istiod"].includes(release.role ?? ""),
  );
  const stateNamespace = findOut(readStateNamespace(client, stack, signal));
  const existing = changed.filter(({ namespace }) => namespaces.some(({ name }) => name === namespace));
  const needs = async (): Promise<readonly AccessNeed[]> => {
    const there = new Set(namespaces.map(({ name }) => name));
    const missing = stack.namespaces.map(({ name }) => name).filter((name) => !there.has(name));
    const missingNamespaces = isGone(await stateNamespace) ? [...missing, stack.stateNamespace] : missing;
    return accessNeeds({ stack, releases: changed, missingNamespaces, rendered: [] });
  };
  const [helm, denials, installed, istiods, istioObjects, istioCrds, gitops, balancers] = await Promise.all([
    findOut(provideHelm.open()),
    findOut(reviewAccess(client, needs, signal)),
    findOut(installedIstiod(input, signal)),
    changes("istiod") ? findOut(listIstiods(client, signal)) : null,
    brings ? findOut(listIstioObjects(client, signal)) : null,
    changes("istio-base") ? findOut(listIstioCrds(client, signal)) : null,
    findOut(listGitopsObjects(client, existing, signal)),
    balancerFacts(client, changed, signal),
  ]);
  return {
    ...noFacts(stack, new Date(), packageVersion()),
    helm,
    charts: { value: pinned },
    cluster: { value: { context, kubernetesVersion, named: true } },
    denials,
    namespaces: {
      value: namespaces.map(({ name, labels, annotations }) => ({
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name, labels, annotations },
      })),
    },
    stateNamespace: await stateNamespace,
    installed,
    istiods,
    istioObjects,
    istioCrds,
    gitops,
    ...balancers,
  };
}

/** Only istiod's version matters, and only when it is about to change. */
async function installedIstiod(
  { releases, cluster }: PreflightInput,
  signal: AbortSignal,
): Promise<readonly InstalledRelease[]> {
  const istiod = releases.find(({ pinned, action }) => pinned.release.role === "istiod" && action !== "unchanged");
  if (!istiod || istiod.revision === null) return [];
  const { name, namespace } = istiod.pinned.release;
  const chartVersion = await installedChartVersion(
    cluster.client,
    { name, namespace, revision: istiod.revision },
    signal,
  );
  return [{ release: name, namespace, chartVersion, refusal: null }];
}
