import { isMissing } from "../kube/api-error.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { asApplied, isOwnedBy, ownerText } from "../manifest/helm-metadata.ts";
import { crdsOfFolder } from "../manifest/crds-folder.ts";
import { isHook } from "../manifest/hooks.ts";
import { mayConflict, otherManagers } from "../manifest/managed-fields.ts";
import { objectKey, objectRefs } from "../manifest/object-ref.ts";
import { parseManifest, parseWholeManifest } from "../manifest/parse-manifest.ts";
import type { ApplyConflict } from "../model/apply-conflict.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import type { Release } from "../model/stack.ts";
import { liveMetadata } from "./live-metadata.ts";
import { tryApply } from "./try-apply.ts";

/** What a release is about to apply on the server's side. */
export interface Application {
  readonly release: Release;
  /** What it would apply, as text. */
  readonly manifest: string;
  /** What it has applied before, as text; empty for a first install. */
  readonly before: string;
}

/** What was found; partial when not all may be looked at or tried. */
export interface FoundConflicts {
  readonly conflicts: readonly ApplyConflict[];
  readonly isPartial: boolean;
}

/** An object that is about to be applied, and what is there of it. */
interface Meeting {
  readonly ref: ObjectRef;
  readonly object: KubeObject;
  readonly live: KubeObject;
}

/**
 * What of a release's objects others hold on to. Only those are tried of which the metadata says that somebody else manages
 * a field that the release sets too: as a rule none.
 */
export async function findConflicts(
  client: KubeClient,
  application: Application,
  signal: AbortSignal,
): Promise<FoundConflicts> {
  const { release, manifest, before } = application;
  const apart = crdsOfFolder(manifest);
  const objects = parseManifest(manifest).filter((object) => !isHook(object) && !apart.has(object.metadata.name));
  const placed = (await Promise.all(objects.map((object) => place(client, object, release, signal)))).flat();
  const there = await liveMetadata(
    client,
    placed.map(({ ref }) => ref),
    signal,
  );
  const meetings = placed.flatMap(({ ref, object }): readonly Meeting[] => {
    const live = there.objects.get(objectKey(ref));
    return live === undefined || live.metadata.deletionTimestamp ? [] : [{ ref, object, live }];
  });
  const strange = strangers(meetings, release, before);
  const contested = meetings.filter((each) => !strange.includes(each) && mayConflict(each.object, each.live.metadata));
  const tries = await Promise.all(
    contested.map(({ ref, object }) =>
      tryApply(client, release.name, wholeObject(object, ref, release, manifest), ref, signal),
    ),
  );
  return {
    conflicts: [
      ...strange.map((meeting) => inOtherHands(meeting, release)),
      ...tries.flatMap((found) => (found === "forbidden" ? [] : found)),
    ],
    isPartial: there.isPartial || tries.includes("forbidden"),
  };
}

/** None where the cluster does not know the kind yet. */
async function place(
  client: KubeClient,
  object: KubeObject,
  { name, namespace }: Release,
  signal: AbortSignal,
): Promise<readonly { readonly ref: ObjectRef; readonly object: KubeObject }[]> {
  const { apiVersion, kind, metadata } = object;
  try {
    const { namespaced } = await client.resource({ apiVersion, kind }, signal);
    const home = namespaced ? metadata.namespace || namespace : null;
    const ref = { apiVersion, kind, namespace: home, name: metadata.name };
    return [{ ref, object: asApplied(object, { name, namespace }, home) }];
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** What is there under a name that the release is about to use, and was never its own: Helm would refuse it. */
function strangers(meetings: readonly Meeting[], release: Release, before: string): readonly Meeting[] {
  const unmarked = meetings.filter(({ live }) => !isOwnedBy(live.metadata, release));
  if (unmarked.length === 0) return [];
  const own = new Set(objectRefs(parseManifest(before), release.namespace).map(objectKey));
  return unmarked.filter(({ ref }) => !own.has(objectKey(ref)));
}

function inOtherHands({ ref, live }: Meeting, { name, adopt }: Release): ApplyConflict {
  const manager = ownerText(live.metadata) ?? (otherManagers(live.metadata).join(", ") || "nobody who left a name");
  const take = adopt ? "" : `take it over with \`flotilla up --adopt\`, or `;
  const remedy = `It is there already and not of release ${name}: ${take}delete it, or give the release's object another name.`;
  return { release: name, object: ref, manager, field: null, live: null, wanted: null, remedy };
}

/** CRDs come without their schemas, which take long to read: a try needs them. */
function wholeObject(object: KubeObject, ref: ObjectRef, release: Release, manifest: string): KubeObject {
  if (ref.kind !== "CustomResourceDefinition") return object;
  const whole = parseWholeManifest(manifest).find(
    ({ kind, metadata }) => kind === ref.kind && metadata.name === ref.name,
  );
  return whole === undefined ? object : asApplied(whole, release, ref.namespace);
}
