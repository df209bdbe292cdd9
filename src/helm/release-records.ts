import { gunzipSync } from "node:zlib";
import { FlotillaError } from "../model/errors.ts";
import { asObject, type JsonObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { ADOPTED_LABEL, INPUTS_LABEL, STACK_LABEL, type HelmStatus, type ObservedRelease } from "../model/observed.ts";

/** Helm's release states (helm.sh/helm pkg/release/common/status.go). */
const STATUSES: readonly HelmStatus[] = [
  "unknown",
  "deployed",
  "uninstalled",
  "superseded",
  "failed",
  "uninstalling",
  "pending-install",
  "pending-upgrade",
  "pending-rollback",
];

const SECRET_NAME = /^sh\.helm\.release\.v1\.(.+)\.v(\d+)$/;

/** Name of the Secret in which Helm keeps one revision of a release (helm.sh/helm pkg/storage/storage.go). */
export function releaseSecretName(release: string, revision: number): string {
  return `sh.helm.release.v1.${release}.v${revision}`;
}

/**
 * The newest revision of each release, from Helm's Secrets; their metadata is enough.
 * @param secrets of any number of namespaces, in any order; what is no record of Helm's is passed over
 * @returns sorted by namespace and name
 */
export function observeReleases(secrets: Iterable<KubeObject>): ObservedRelease[] {
  const releases = new Map<string, ObservedRelease>();
  for (const secret of secrets) {
    const revision = observeRevision(secret);
    if (!revision) continue;
    const key = `${revision.namespace}/${revision.name}`;
    releases.set(key, newerOf(releases.get(key) ?? revision, revision));
  }
  return [...releases.values()].sort(
    (one, other) => compare(one.namespace, other.namespace) || compare(one.name, other.name),
  );
}

/** A release as one of its Secrets shows it; null for other Secrets. */
function observeRevision({ metadata }: KubeObject): ObservedRelease | null {
  const [, name, revisionText] = SECRET_NAME.exec(metadata.name) ?? [];
  const labels = metadata.labels ?? {};
  if (name === undefined || labels["owner"] !== "helm") return null;
  const revision = Number(revisionText);
  const status = STATUSES.find((known) => known === labels["status"]) ?? "unknown";
  return {
    name,
    namespace: metadata.namespace ?? "",
    revision,
    status,
    deployedRevision: status === "deployed" ? revision : null,
    stack: labels[STACK_LABEL] ?? null,
    inputsHash: labels[INPUTS_LABEL] ?? null,
    adopted: labels[ADOPTED_LABEL] === "true",
  };
}

function newerOf(one: ObservedRelease, other: ObservedRelease): ObservedRelease {
  const deployed = Math.max(one.deployedRevision ?? 0, other.deployedRevision ?? 0);
  return { ...(one.revision > other.revision ? one : other), deployedRevision: deployed === 0 ? null : deployed };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** What Helm keeps of one revision, as far as flotilla reads it (helm.sh/helm pkg/release/v1/release.go). */
export interface StoredRelease {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  /** One of Helm's words, see {@link HelmStatus}. */
  readonly status: string;
  /** How helm's work on it ended, in its own words: what failed, for instance. */
  readonly description: string;
  readonly chart: { readonly name: string; readonly version: string; readonly appVersion: string | null };
  /** Hooks not included. */
  readonly manifest: string;
  /** A manifest each. */
  readonly hooks: readonly string[];
  /** The values that were given to helm; holds secrets. */
  readonly config: JsonObject;
  /** How Helm 4 applied it: `ssa` server-side, `csa` client-side; null for Helm 3, which is always client-side. */
  readonly applyMethod: string | null;
}

/**
 * Reads the payload of one of Helm's Secrets: base64 (of every Secret) of base64 of gzip of JSON; very old ones are not
 * gzipped.
 * @throws FlotillaError `api-failed` when the Secret holds no release
 */
export function decodeRelease(secret: KubeObject): StoredRelease {
  const release = readPayload(secret);
  const chart = release.chart?.metadata;
  return {
    name: release.name ?? "",
    namespace: release.namespace ?? "",
    revision: release.version ?? 0,
    status: release.info?.status ?? "unknown",
    description: release.info?.description ?? "",
    chart: { name: chart?.name ?? "", version: chart?.version ?? "", appVersion: chart?.appVersion ?? null },
    manifest: release.manifest ?? "",
    hooks: (release.hooks ?? []).map(({ manifest }) => manifest ?? ""),
    config: asObject(release.config),
    applyMethod: release.apply_method ?? null,
  };
}

function readPayload(secret: KubeObject): HelmRelease {
  const data = secret["data"];
  const payload = typeof data === "object" && data !== null && "release" in data ? data["release"] : null;
  try {
    const encoded = Buffer.from(String(payload), "base64").toString("latin1");
    const bytes = Buffer.from(encoded, "base64");
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 0x08;
    // Only Helm writes Secrets of this name and type; fields that are not there are read as empty.
    return JSON.parse((isGzip ? gunzipSync(bytes) : bytes).toString("utf8")) as HelmRelease;
  } catch {
    // The cause would quote the payload, which holds the release's values.
    const { name, namespace } = secret.metadata;
    throw new FlotillaError("api-failed", `Secret ${name} in namespace ${namespace ?? ""} holds no Helm release.`, {
      hint: "Somebody changed or damaged Helm's record of the release; see helm history.",
    });
  }
}

/** Helm's own JSON: Go leaves empty fields out. */
interface HelmRelease {
  readonly name?: string;
  readonly namespace?: string;
  readonly version?: number;
  readonly info?: { readonly status?: string; readonly description?: string };
  readonly chart?: {
    readonly metadata?: { readonly name?: string; readonly version?: string; readonly appVersion?: string };
  };
  readonly manifest?: string;
  readonly hooks?: readonly { readonly manifest?: string }[] | null;
  readonly config?: unknown;
  readonly apply_method?: string;
}
