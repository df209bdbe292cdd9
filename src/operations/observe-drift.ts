import { parseManifest } from "../manifest/parse-manifest.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { StackRecord } from "../model/observed.ts";
import type { ObjectDrift } from "../model/plan.ts";
import type { ClassifiedRelease } from "../plan/build.ts";
import { SeenMarks } from "../plan/seen-objects.ts";
import type { DriftReader } from "./drift-reader.ts";
import type { LiveObjects } from "./live-objects.ts";
import { isAsSeen, seenOf } from "./seen-objects.ts";
import type { StoredManifests } from "./stored-manifests.ts";

/** What drift is looked for with. */
export interface DriftSources {
  readonly stored: StoredManifests;
  readonly reader: DriftReader;
  readonly live: LiveObjects;
  readonly record: StackRecord;
}

/**
 * The releases with what of their manifests does not hold in the cluster. One that has nothing else to do is repaired.
 * Releases that are in the middle of something, or were not made by flotilla, are not looked at.
 */
export function withDrift(
  releases: readonly ClassifiedRelease[],
  sources: DriftSources,
  signal: AbortSignal,
): Promise<readonly ClassifiedRelease[]> {
  return Promise.all(
    releases.map(async (classified) => {
      if (classified.action !== "unchanged" && classified.action !== "upgrade") return classified;
      const drift = await driftOf(classified, sources, signal);
      if (drift.length === 0) return classified;
      if (classified.action !== "unchanged") return { ...classified, drift };
      return { ...classified, drift, action: "repair" as const, reason: driftText(drift) };
    }),
  );
}

async function driftOf(
  classified: ClassifiedRelease,
  { stored, reader, record, live }: DriftSources,
  signal: AbortSignal,
): Promise<readonly ObjectDrift[]> {
  const { name, namespace } = classified.pinned.release;
  const seen = seenOf(record.releases[name], { namespace, revision: classified.revision ?? 0 });
  const marks = new SeenMarks(record.hashKey);
  if (seen.length > 0 && (await isAsSeen(seen, live, marks, signal))) return [];
  const found = await stored.deployed(classified, signal);
  if (found === null) return [];
  const { manifest } = found;
  const isKnownCrd = (crd: KubeObject): boolean => marks.isKnownCrd(crd, seen);
  return reader.read({ namespace, manifest, objects: parseManifest(manifest), isKnownCrd }, signal);
}

/** So many objects are named. */
const NAMED = 3;

function driftText(drift: readonly ObjectDrift[]): string {
  const names = drift
    .slice(0, NAMED)
    .map(({ kind, name, drift: how }) => `${kind} ${name} ${how === "missing" ? "is gone" : "was changed"}`);
  const more = drift.length > NAMED ? `, and ${drift.length - NAMED} more` : "";
  return `${names.join(", ")}${more}`;
}
