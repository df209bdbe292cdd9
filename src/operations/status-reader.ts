import { HelmError, helmFailure } from "../helm/helm-error.ts";
import { decodeRelease, releaseSecretName, type StoredRelease } from "../helm/release-records.ts";
import type { Finding, Subject } from "../diagnosis/finding.ts";
import { releaseLocked } from "../diagnosis/release-locked.ts";
import { KINDS } from "../diagnosis/snapshot.ts";
import { judgeByAge, unexplained } from "../diagnosis/to-diagnosis.ts";
import { ContainerLogs } from "../execute/container-logs.ts";
import { lookAtCluster } from "../execute/look-at-cluster.ts";
import { liveHooks, releaseHooks } from "../execute/release-hooks.ts";
import { releaseSubject } from "../execute/release-subject.ts";
import { WatchCache } from "../kube/watch-cache.ts";
import { clusterScopeWith } from "../manifest/cluster-scope.ts";
import { parseManifest } from "../manifest/parse-manifest.ts";
import type { Diagnosis } from "../model/diagnosis.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import type { ObservedRelease } from "../model/observed.ts";
import { isPending } from "../model/recovery.ts";
import type { ReleaseStatus } from "../model/result.ts";
import type { Release } from "../model/stack.ts";
import { readinessTargets } from "../readiness/targets.ts";
import type { Cluster } from "./connect-cluster.ts";
import { findPresentAddons } from "./find-addons.ts";
import type { DriftStatus } from "./drift-status.ts";
import { findRelease, observeNamespaces } from "./observe-stack.ts";

/** One revision of a release, as Helm keeps it, and what of it is waited for. */
interface KnownRevision {
  readonly stored: StoredRelease;
  readonly objects: readonly KubeObject[];
  readonly targets: readonly ObjectRef[];
  /** ISO 8601. */
  readonly madeAt: string;
}

/** Of releases that are not there, none is the stack's own. */
const NOTHING_OWN = { stack: "", record: { releases: {} }, observed: [] };

/** Reads how releases are, and why those that are not ready are not; again and again where that is wanted. */
export class StatusReader {
  readonly #client: Cluster["client"];
  readonly #follow: boolean;
  readonly #logs: ContainerLogs;
  readonly #revisions = new Map<string, KnownRevision>();
  /** What the readiness of the releases hangs on; its changes say when to read again. */
  readonly watch: WatchCache;

  /** @param follow whether what was read is watched from then on, so that reading again costs little */
  constructor({ client }: Cluster, follow: boolean) {
    this.#client = client;
    this.#follow = follow;
    this.#logs = new ContainerLogs(client);
    this.watch = new WatchCache(client);
  }

  /** Ends the watches. */
  close(): void {
    this.watch.close();
  }

  /**
   * The state of each of these releases, in their order, without add-ons that others play the part of.
   * @param drift where drift is looked for, too
   */
  async read(
    releases: readonly Release[],
    signal: AbortSignal,
    drift: DriftStatus | null = null,
  ): Promise<readonly ReleaseStatus[]> {
    const namespaces = releases.map(({ namespace }) => namespace);
    const observed = await observeNamespaces(this.#client, namespaces, signal);
    const missing = releases.filter((release) => findRelease(observed, release) === null);
    // A plan leaves out add-ons that others have brought: they are not missing.
    // One that is too old to be used counts as missing.
    const present = await findPresentAddons(this.#client, missing, NOTHING_OWN, signal).catch(() => []);
    const own = releases.filter(({ name }) => !present.some(({ release }) => release === name));
    return Promise.all(own.map((release) => this.#readOne(release, findRelease(observed, release), drift, signal)));
  }

  async #readOne(
    release: Release,
    observed: ObservedRelease | null,
    drift: DriftStatus | null,
    signal: AbortSignal,
  ): Promise<ReleaseStatus> {
    const { name, namespace } = release;
    const revision = observed && (await this.#revision(observed, signal));
    if (observed === null || revision === null) return absent(name, namespace);
    const { stored, targets } = revision;
    const hooks = observed.status === "deployed" ? [] : await this.#hooks(observed, revision, signal);
    const input = { release: name, namespace, targets, conditions: release.wait.for, hooks };
    const subject = await releaseSubject(this.watch, input, { follow: this.#follow }, signal);
    const isReady = observed.status === "deployed" && subject.unready.length === 0;
    return {
      ...absent(name, namespace),
      chart: stored.chart.name,
      version: stored.chart.version,
      appVersion: stored.chart.appVersion,
      revision: observed.revision,
      helmStatus: observed.status,
      ready: isReady,
      drifted: (await drift?.of(release, observed, revision, signal)) ?? null,
      diagnosis: isReady ? [] : await this.#diagnose(release, observed, { revision, subject }, signal),
    };
  }

  async #revision(
    { name, namespace, revision, status }: ObservedRelease,
    signal: AbortSignal,
  ): Promise<KnownRevision | null> {
    const secretName = releaseSecretName(name, revision);
    const key = `${namespace}/${secretName}/${status}`;
    const known = this.#revisions.get(key);
    if (known) return known;
    const secret = await this.#client.get({ apiVersion: "v1", kind: "Secret", namespace, name: secretName }, signal);
    if (secret === null) return null;
    const stored = decodeRelease(secret);
    const objects = parseManifest(stored.manifest);
    const targets = readinessTargets(objects, namespace, clusterScopeWith(objects));
    const read = { stored, objects, targets, madeAt: secret.metadata.creationTimestamp ?? "" };
    this.#revisions.set(key, read);
    return read;
  }

  /** Those of a revision that did not come to its end: they may be what it failed on. */
  async #hooks(
    { namespace, revision }: ObservedRelease,
    { stored, madeAt }: KnownRevision,
    signal: AbortSignal,
  ): Promise<readonly KubeObject[]> {
    const hooks = releaseHooks(stored.hooks, namespace, revision === 1 ? "install" : "upgrade");
    return liveHooks(this.watch, hooks, madeAt, this.#follow, signal);
  }

  async #diagnose(
    { name, namespace, wait }: Release,
    observed: ObservedRelease,
    { revision, subject }: { readonly revision: KnownRevision; readonly subject: Subject },
    signal: AbortSignal,
  ): Promise<readonly Diagnosis[]> {
    const source = { watch: this.watch, logs: this.#logs, follow: this.#follow };
    const events = [...new Set(subject.unready.flatMap(({ ref }) => ref.namespace ?? []))];
    const parts = events.map((each) => ({ ...KINDS.events, namespace: each }));
    const { findings, snapshot } = await lookAtCluster(subject, parts, source, signal);
    await this.#logs.read(
      findings.flatMap(({ log }) => log ?? []),
      signal,
    );
    const locked: readonly Finding[] = isPending(observed)
      ? [releaseLocked(name, namespace, observed.status, revision.madeAt)]
      : [];
    const explained = [...locked, ...(findings.length > 0 ? findings : unexplained(subject, snapshot))];
    const patience = { overrides: wait.giveUp ?? {}, timeoutMs: wait.timeoutMs };
    const found = explained.map((finding) => judgeByAge(finding, snapshot, patience));
    return observed.status === "failed" ? [...helmsWords(name, namespace, revision.stored), ...found] : found;
  }
}

/** What helm noted of its own failure; a time-out says less than what the cluster shows. */
function helmsWords(name: string, namespace: string, { description }: StoredRelease): readonly Diagnosis[] {
  const failure = helmFailure(description, { verb: "upgrade", name, namespace }, 1);
  return failure instanceof HelmError ? [failure.diagnosis] : [];
}

function absent(name: string, namespace: string): ReleaseStatus {
  return {
    name,
    namespace,
    chart: null,
    version: null,
    appVersion: null,
    revision: null,
    helmStatus: null,
    ready: false,
    drifted: null,
    diagnosis: [],
  };
}
