import type { UpgradeRequest } from "../helm/upgrade-release.ts";
import { isConflict } from "../kube/api-error.ts";
import { comparable, isBuiltIn } from "../manifest/comparable.ts";
import { type FieldPath, fieldAt, withFieldAt } from "../manifest/field-path.ts";
import { lackingFields } from "../manifest/lacking-fields.ts";
import { objectKey, objectRef } from "../manifest/object-ref.ts";
import { parseWholeManifest } from "../manifest/parse-manifest.ts";
import { asList, asObject, type JsonValue } from "../model/json.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import type { ReleaseStep } from "../model/plan.ts";
import { readStoredRelease } from "./release-manifest.ts";
import type { RunState } from "./run-state.ts";

/**
 * Prepares an upgrade that is to put drift right. Applied on the server's side (Helm 4), it has to take the fields back
 * from whoever changed them. Applied on the client's side (Helm 3), Helm compares custom resources with its own last
 * manifest only and does not see what others have changed (helm pkg/kube/client.go, createPatch): there the manifest's
 * fields are put back here, and the upgrade notes a revision of them. Some fields neither way could put back: see
 * {@link restoreExclusive}.
 * @returns what the upgrade is told
 */
export async function beforeRepair(
  run: RunState,
  step: ReleaseStep,
  signal: AbortSignal,
): Promise<Pick<UpgradeRequest, "forceConflicts">> {
  const { release: name, namespace, revision } = step;
  // One that changes besides is upgraded as ever: taking fields back is then for the user to say.
  if (step.action !== "repair") return {};
  const stored = await readStoredRelease(run.client, { name, namespace, revision: revision ?? 0 }, signal);
  if (stored === null) return {};
  const isServerSide = stored.applyMethod === "ssa";
  const changed = step.drift.filter(({ drift }) => drift === "changed");
  if (changed.length > 0) await run.beforeEffect(signal);
  const objects = changed.length > 0 ? parseWholeManifest(stored.manifest) : [];
  await Promise.all(
    changed.map(async (ref) => {
      const object = findObject(objects, ref, namespace);
      if (object === undefined) return;
      if (isBuiltIn(ref.apiVersion)) await restoreExclusive(run, ref, object, signal);
      else if (!isServerSide) await putBack(run, ref, object, signal);
    }),
  );
  return isServerSide ? { forceConflicts: true } : {};
}

function findObject(objects: readonly KubeObject[], ref: ObjectRef, namespace: string): KubeObject | undefined {
  const isClusterScoped = (): boolean => ref.namespace === null;
  return objects.find(
    (object) => object.kind === ref.kind && objectKey(objectRef(object, namespace, isClusterScoped)) === objectKey(ref),
  );
}

async function putBack(run: RunState, ref: ObjectRef, object: KubeObject, signal: AbortSignal): Promise<void> {
  const { apiVersion: _apiVersion, kind: _kind, ...fields } = comparable(object);
  await run.client.mergePatch(ref, fields, signal);
}

/** Fields of which one excludes another: put back beside what stands there now, they would be refused. */
const UNIONS: ReadonlySet<unknown> = new Set([
  "volumes",
  "env",
  "livenessProbe",
  "readinessProbe",
  "startupProbe",
  "postStart",
  "preStop",
  "strategy",
  "updateStrategy",
]);

/**
 * Restores what neither way of applying could: a volume of another sort, a variable from another source, a probe of another
 * kind, a webhook by URL instead of Service (one excludes the other), and ports, which are known by number and have names that must be unique. All other fields
 * are left to helm.
 */
async function restoreExclusive(run: RunState, ref: ObjectRef, object: KubeObject, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const live = await run.client.get(ref, signal);
    const restored = live && withExclusive(live, comparable(object));
    if (restored === null || restored === live) return;
    try {
      await run.client.update(restored, signal);
      return;
    } catch (error) {
      if (!isConflict(error) || attempt === TRIES) throw error;
    }
  }
}

/** A controller may write an object between our look and our write: so often it is looked at again. */
const TRIES = 3;

/** The live object with those fields as wanted; the very same one where none is in the way. */
function withExclusive(live: KubeObject, wanted: KubeObject): KubeObject {
  const restored = lackingFields(wanted, comparable(live), false).reduce<JsonValue>((value, { path, live: found }) => {
    const union = path.findLastIndex((step) => UNIONS.has(step));
    if (union >= 0) {
      const unit = path.slice(0, typeof path[union + 1] === "object" ? union + 2 : union + 1);
      return withFieldAt(value, unit, fieldAt(wanted, unit));
    }
    if (found === undefined && path.at(-2) === "clientConfig") return withAddress(value, wanted, path.slice(0, -1));
    if (found !== undefined || path.at(-2) !== "ports") return value;
    const list = path.slice(0, -1);
    return withFieldAt(value, list, mergedPorts(fieldAt(wanted, list), fieldAt(live, list)));
  }, live);
  return restored as KubeObject;
}

/** How the API server finds a webhook: by one or the other. The authority beside them may be somebody else's. */
const ADDRESSES = ["service", "url"] as const;

function withAddress(value: JsonValue, wanted: KubeObject, client: FieldPath): JsonValue {
  return ADDRESSES.reduce((at, key) => withFieldAt(at, [...client, key], fieldAt(wanted, [...client, key])), value);
}

/** The manifest's ports, and others beside them that share neither name nor number with one. */
function mergedPorts(wanted: JsonValue | undefined, live: JsonValue | undefined): readonly JsonValue[] {
  const ports = asList(wanted);
  const isTaken = (port: JsonValue): boolean =>
    ports.some((each) => ["name", "port", "containerPort"].some((key) => shares(each, port, key)));
  return [...ports, ...asList(live).filter((port) => !isTaken(port))];
}

function shares(one: JsonValue, other: JsonValue, key: string): boolean {
  const value = asObject(one)[key];
  return value !== undefined && value === asObject(other)[key];
}
