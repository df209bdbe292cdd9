import { clusterScopeWith } from "../manifest/cluster-scope.ts";
import type { Hiding } from "../manifest/hidden-values.ts";
import { hookEvents, isHook } from "../manifest/hooks.ts";
import { knownAfterApply } from "../manifest/known-after-apply.ts";
import { differingDocuments } from "../manifest/manifest-documents.ts";
import { objectKey, objectRef } from "../manifest/object-ref.ts";
import { parseManifest, parseWholeManifest } from "../manifest/parse-manifest.ts";
import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { ObjectChange } from "../model/plan.ts";
import type { ClassifiedRelease } from "../plan/build.ts";
import { addition, manifestChanges } from "../plan/changes.ts";
import { changeOfLive } from "../plan/drift.ts";
import { type DriftReader, objectText } from "./drift-reader.ts";
import { refusalFor } from "./refuse-wrong-values.ts";
import type { RenderedChart, Renders } from "./renders.ts";
import type { StoredManifests } from "./stored-manifests.ts";
import { rememberOldSecrets } from "./hiding.ts";

/** What changes are made out with. */
export interface ChangeSources {
  readonly renders: Renders;
  readonly stored: StoredManifests;
  readonly drift: DriftReader;
  readonly hiding: Hiding;
}

/** What a release's step does, object by object, and what deserves a word beside. */
export interface ObservedChanges {
  readonly changes: readonly ObjectChange[];
  readonly notes: readonly string[];
}

/**
 * What helm would do to the objects of a release that changes: its chart, rendered, beside the manifest that is there; for
 * one that is not there yet, beside what the cluster has of it all the same. A chart that cannot be rendered beforehand is
 * told of, and left to helm.
 */
export async function observeChanges(
  classified: ClassifiedRelease,
  sources: ChangeSources,
  context: RunContext,
): Promise<ObservedChanges> {
  const { name } = classified.pinned.release;
  try {
    const stored = await sources.stored.deployed(classified, context.signal);
    if (stored !== null) rememberOldSecrets(stored.config, classified.pinned.release.values);
    const rendered = await sources.renders.render(classified);
    return stored === null
      ? await changesOfInstall(classified, rendered, sources, context.signal)
      : changesOfUpgrade(classified, stored.manifest, rendered, sources.hiding);
  } catch (error) {
    if (!(error instanceof FlotillaError) || error.code !== "helm-failed") throw error;
    // Told of where the values of all releases are.
    if ((await refusalFor(error, classified.pinned.chart.path)) !== null) return { changes: [], notes: [] };
    const message = `What changes in ${name} is not known before helm runs: ${error.message}`;
    context.emit({ type: "notice", level: "warning", message, hint: error.hint });
    return { changes: [], notes: [] };
  }
}

function changesOfUpgrade(
  { pinned, revision }: ClassifiedRelease,
  manifest: string,
  rendered: RenderedChart,
  hiding: Hiding,
): ObservedChanges {
  const { name, namespace } = pinned.release;
  const [was, is] = differingDocuments(manifest, rendered.manifest);
  const before = parseWholeManifest(was);
  const after = settled(parseWholeManifest(is), rendered, namespace);
  const scope = clusterScopeWith([...before, ...after]);
  const own = after.filter((object) => !isHook(object));
  const pair = { namespace, before, after: own, isClusterScoped: scope };
  const { changes, kept } = manifestChanges(pair, hiding);
  const notes = kept.map(
    (ref) => `${name}: ${objectText(ref)} leaves the release and stays (helm.sh/resource-policy: keep).`,
  );
  return { changes: [...changes, ...hookRuns(after, namespace, revision, hiding)], notes };
}

/** What was kept from an earlier life of the release, or is taken over, is there already. */
async function changesOfInstall(
  { pinned, revision }: ClassifiedRelease,
  rendered: RenderedChart,
  { drift, hiding }: ChangeSources,
  signal: AbortSignal,
): Promise<ObservedChanges> {
  const { namespace } = pinned.release;
  const { manifest } = rendered;
  const all = settled(parseManifest(manifest), rendered, namespace);
  const objects = all.filter((object) => !isHook(object));
  const suspected = await drift.suspects(
    { namespace, manifest, objects, isKnownCrd: () => false, isNew: true },
    signal,
  );
  const changes = suspected.map((each) => changeOfLive(each, hiding));
  return { changes: [...changes, ...hookRuns(all, namespace, revision, hiding)], notes: [] };
}

/** Hooks are made each time; tests and what runs at other times are not. */
function hookRuns(
  objects: readonly KubeObject[],
  namespace: string,
  revision: number | null,
  hiding: Hiding,
): readonly ObjectChange[] {
  const moment = revision === null ? "install" : "upgrade";
  const runs = objects.filter((object) =>
    hookEvents(object).some((event) => event === `pre-${moment}` || event === `post-${moment}`),
  );
  const scope = clusterScopeWith(objects);
  return runs.map((object) => addition(object, objectRef(object, namespace, scope), hiding));
}

/** Of a chart that was rendered twice, with what differs marked as not known. */
function settled(
  objects: readonly KubeObject[],
  { manifest, again }: RenderedChart,
  namespace: string,
): readonly KubeObject[] {
  if (again === null) return objects;
  const others = parseWholeManifest(differingDocuments(manifest, again)[1]);
  const scope = clusterScopeWith([...objects, ...others]);
  const keyOf = (object: KubeObject): string => objectKey(objectRef(object, namespace, scope));
  const known = new Map(others.map((object) => [keyOf(object), object]));
  return objects.map((object) => {
    const other = known.get(keyOf(object));
    return other === undefined ? object : (knownAfterApply(object, other) as KubeObject);
  });
}
