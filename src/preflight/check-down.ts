import { isSelfMade } from "../catalog/self-made.ts";
import type { Finding } from "../model/finding.ts";
import { helmOwner } from "../model/helm-owner.ts";
import { asObject, asText } from "../model/json.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { STACK_LABEL } from "../model/observed.ts";
import type { DownFacts, ReleaseName } from "./down-facts.ts";
import { fewInWords } from "./in-words.ts";

/** What the injection webhook writes on each pod that it completes (istio.io, pkg/kube/inject). */
const SIDECAR_STATUS = "sidecar.istio.io/status";
/** What istio-cni writes on each pod that ztunnel serves (istio.io, cni/pkg/util). */
const REDIRECTION = "ambient.istio.io/redirection";

/** What others would lose by a `down`, or it would delete without having been told to: empty when it may begin. */
export function checkDown(facts: DownFacts): readonly Finding[] {
  return [...checkCustomResources(facts), ...checkPods(facts), ...checkNamespaces(facts), ...checkClaims(facts)];
}

function checkCustomResources(facts: DownFacts): readonly Finding[] {
  const foreign = (crdGoes: boolean): readonly string[] =>
    facts.customResources
      .filter((each) => each.crdGoes === crdGoes)
      .flatMap(({ objects }) => objects.filter((object) => isForeign(object, facts)))
      .map(nameOf);
  return [
    ...refusal(
      "custom-resources-lost",
      foreign(true),
      (names, they) => `${names} would be deleted with the CRDs of the stack, and ${they} not part of it.`,
      "Delete them yourself if nobody needs them; or keep the CRDs: `--crds` takes along those that charts keep.",
    ),
    ...refusal(
      "custom-resources-orphaned",
      foreign(false),
      (names, they) => `Nothing would act on ${names} any more, and ${they} not part of the stack.`,
      "Delete them first, or have another installation serve them.",
    ),
  ];
}

function checkPods(facts: DownFacts): readonly Finding[] {
  const outside = facts.pods.filter(({ pod, workload }) => isServed(pod, facts) && !isOwn(workload, facts));
  const workloads = [...new Set(outside.map(({ workload }) => nameOf(workload)))];
  return refusal(
    "proxies-orphaned",
    workloads,
    (names, they) => `The proxies of ${names} would be without their istiod, and ${they} not part of the stack.`,
    "Take them out of the mesh (without the injection label, then `kubectl rollout restart`) or remove them first.",
  );
}

/** By the revision that has injected its proxy; a status that cannot be read counts. */
function isServed({ metadata }: KubeObject, { revisions, ambient }: DownFacts): boolean {
  const { [SIDECAR_STATUS]: status, [REDIRECTION]: redirection } = metadata.annotations ?? {};
  if (ambient && redirection === "enabled") return true;
  if (status === undefined || revisions.length === 0) return false;
  return revisions.includes(revisionOf(status) ?? revisions[0] ?? "");
}

function revisionOf(status: string): string | null {
  try {
    return asText(asObject(JSON.parse(status))["revision"]) || null;
  } catch {
    return null;
  }
}

function checkNamespaces(facts: DownFacts): readonly Finding[] {
  const told = new Set(facts.customResources.flatMap(({ objects }) => objects.map(nameOf)));
  return facts.namespaces.flatMap(({ name, objects }) => {
    const foreign = objects.filter(
      (object) => object.metadata.deletionTimestamp === undefined && isForeign(object, facts),
    );
    return refusal(
      "namespace-in-use",
      foreign.map(nameOf).filter((object) => !told.has(object)),
      (names, they) => `${names} would be deleted with namespace ${name}, and ${they} not part of the stack.`,
      "Move or delete them first, or leave the namespaces: without `--namespaces`.",
    );
  });
}

function checkClaims({ namespaces, claims, claimsGo }: DownFacts): readonly Finding[] {
  if (claimsGo) return [];
  const going = claims.filter(({ namespace }) => namespaces.some(({ name }) => name === namespace));
  return refusal(
    "volumes-in-namespace",
    going.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`),
    (names) => `${names} would be deleted with the namespace, and the data with it.`,
    "Say `--volumes` as well if the data is to go; or leave the namespaces: without `--namespaces`.",
  );
}

function isForeign(object: KubeObject, facts: DownFacts): boolean {
  return !isSelfMade(object) && !isOwn(object, facts);
}

function isOwn(object: KubeObject, { stack, releases, objects, claims }: DownFacts): boolean {
  const { metadata } = object;
  const { labels = {} } = metadata;
  if (labels[STACK_LABEL] === stack) return true;
  const owner = labels["owner"] === "helm" ? storedRelease(object) : helmOwner(metadata);
  if (owner !== null && releases.some(({ name, namespace }) => name === owner.name && namespace === owner.namespace)) {
    return true;
  }
  return [...objects, ...claims].some((ref) => isSame(ref, object));
}

/** The release that one of Helm's own Secrets is about. */
function storedRelease({ metadata: { labels = {}, namespace = "" } }: KubeObject): ReleaseName | null {
  const name = labels["name"];
  return name === undefined ? null : { name, namespace };
}

/** The same object in whatever version of its API. */
function isSame(ref: ObjectRef, { apiVersion, kind, metadata }: KubeObject): boolean {
  const group = (version: string): string => (version.includes("/") ? (version.split("/")[0] ?? "") : "");
  return (
    ref.kind === kind &&
    ref.name === metadata.name &&
    ref.namespace === (metadata.namespace ?? null) &&
    group(ref.apiVersion) === group(apiVersion)
  );
}

function nameOf({ kind, metadata: { namespace, name } }: KubeObject): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

/** @param they `it is` or `they are` */
function refusal(
  code: string,
  names: readonly string[],
  message: (names: string, they: string) => string,
  hint: string,
): readonly Finding[] {
  if (names.length === 0) return [];
  const they = names.length === 1 ? "it is" : "they are";
  return [{ code, severity: "error", message: message(fewInWords(names.toSorted()), they), hint }];
}
