import { isMissing } from "../kube/api-error.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { clusterScopeWith } from "../manifest/cluster-scope.ts";
import type { Hiding } from "../manifest/hidden-values.ts";
import { objectRef } from "../manifest/object-ref.ts";
import { parseWholeManifest } from "../manifest/parse-manifest.ts";
import { FlotillaError } from "../model/errors.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import type { ObjectDrift } from "../model/plan.ts";
import { confirmDrift, type ObservedObject, showDrift, suspectDrift, type SuspectedDrift } from "../plan/drift.ts";
import { mayBeGone } from "../plan/respected-fields.ts";
import type { LiveObjects } from "./live-objects.ts";

/** What of a release is compared with the cluster. */
export interface DriftSubject {
  /** The release's: where Helm puts what names none. */
  readonly namespace: string;
  readonly manifest: string;
  /** The manifest's objects, CRDs without their schemas. */
  readonly objects: readonly KubeObject[];
  /** Whether a CRD is known to be as the manifest says: its schema, which is long, is not compared then. */
  readonly isKnownCrd: (live: KubeObject) => boolean;
  /** True for a manifest that is still to be applied: what may not be read then counts as not there. */
  readonly isNew?: boolean;
}

const CRD = "CustomResourceDefinition";

/** Finds objects that are not as their release's manifest says. */
export class DriftReader {
  readonly #client: KubeClient;
  readonly #live: LiveObjects;
  readonly #hiding: Hiding;

  constructor(client: KubeClient, live: LiveObjects, hiding: Hiding) {
    this.#client = client;
    this.#live = live;
    this.#hiding = hiding;
  }

  /**
   * The drift of one release. What looks like it is tried on the API server, with nothing stored: some fields it writes in
   * another form, drops, or has others change on the way in. Who may not try goes by looks.
   */
  async read(subject: DriftSubject, signal: AbortSignal): Promise<readonly ObjectDrift[]> {
    const suspected = await this.suspects(subject, signal);
    const drifted = suspected.filter(({ observed: { object, live } }) => live !== null || !mayBeGone(object));
    return drifted.map((each) => showDrift(each, this.#hiding));
  }

  /** All objects of the release by name, and those of them that are not as they should be. */
  async look(
    subject: DriftSubject,
    signal: AbortSignal,
  ): Promise<{ readonly refs: readonly ObjectRef[]; readonly drifted: readonly ObjectRef[] }> {
    const suspected = await this.suspects(subject, signal);
    const { objects, namespace } = subject;
    const scopes = await this.#scopes(objects, signal);
    return {
      refs: objects.map((object) => objectRef(object, namespace, scopes)),
      drifted: suspected.map(({ observed }) => observed.ref),
    };
  }

  /** The same with objects that are rightly gone, before it is made fit to be shown: holds secrets. */
  async suspects(subject: DriftSubject, signal: AbortSignal): Promise<readonly SuspectedDrift[]> {
    const observed = await this.#observe(subject, signal);
    const confirmed = suspectDrift(observed).map((each) =>
      each.fields.length === 0 ? each : this.#confirm(each, signal),
    );
    return (await Promise.all(confirmed)).filter((each) => each !== null);
  }

  async #observe(subject: DriftSubject, signal: AbortSignal): Promise<readonly ObservedObject[]> {
    const { namespace, objects, isNew = false } = subject;
    const scopes = await this.#scopes(objects, signal);
    const named = objects.map((object) => ({ object, ref: objectRef(object, namespace, scopes) }));
    await this.#live.look(
      named.map(({ ref }) => ref),
      signal,
    );
    const seen = named.flatMap(({ object, ref }): ObservedObject[] => {
      const found = this.#live.get(ref);
      const live = found === undefined && isNew ? null : found;
      if (live === undefined) return [];
      const autoscalers = this.#live.autoscalers(ref.namespace);
      return [{ object, ref, live, namespace: ref.namespace, autoscalers }];
    });
    return this.#withWholeCrds(subject, seen, signal);
  }

  /** A CRD that nobody has touched is looked at without its spec; others are read whole, on both sides. */
  async #withWholeCrds(
    { manifest, isKnownCrd }: DriftSubject,
    observed: readonly ObservedObject[],
    signal: AbortSignal,
  ): Promise<readonly ObservedObject[]> {
    const isOpen = ({ object, live }: ObservedObject): boolean =>
      object.kind === CRD && live !== null && !isKnownCrd(live);
    const open = observed.filter(isOpen);
    const whole = open.length === 0 ? [] : parseWholeManifest(manifest).filter(({ kind }) => kind === CRD);
    return Promise.all(
      observed.map(async (each): Promise<ObservedObject> => {
        if (each.object.kind !== CRD || each.live === null) return each;
        if (!open.includes(each)) return { ...each, object: withoutSpec(each.object), live: withoutSpec(each.live) };
        const object = whole.find(({ metadata }) => metadata.name === each.ref.name) ?? each.object;
        return { ...each, object, live: await this.#client.get(each.ref, signal) };
      }),
    );
  }

  async #scopes(
    objects: readonly KubeObject[],
    signal: AbortSignal,
  ): Promise<(apiVersion: string, kind: string) => boolean> {
    const known = clusterScopeWith(objects);
    const scopes = new Map<string, boolean>();
    for (const { apiVersion, kind } of objects) {
      const key = `${apiVersion} ${kind}`;
      if (scopes.has(key)) continue;
      const served = await this.#client.resource({ apiVersion, kind }, signal).catch((error: unknown) => {
        if (isMissing(error)) return null;
        throw error;
      });
      scopes.set(key, served === null ? known(apiVersion, kind) : !served.namespaced);
    }
    return (apiVersion, kind) => scopes.get(`${apiVersion} ${kind}`) ?? known(apiVersion, kind);
  }

  async #confirm(suspected: SuspectedDrift, signal: AbortSignal): Promise<SuspectedDrift | null> {
    const { ref, object } = suspected.observed;
    const placed =
      ref.namespace === null ? object : { ...object, metadata: { ...object.metadata, namespace: ref.namespace } };
    try {
      const applied = await this.#client.apply(withoutStatus(placed), { force: true, dryRun: true }, signal);
      return confirmDrift(suspected, applied);
    } catch (error) {
      if (signal.aborted || !(error instanceof FlotillaError) || ENDS_ALL.includes(error.code)) throw error;
      return suspected;
    }
  }
}

const ENDS_ALL: readonly string[] = ["interrupted", "timeout", "cluster-unreachable", "cluster-unauthorized"];

function withoutSpec({ spec: _spec, ...object }: KubeObject): KubeObject {
  return object as KubeObject;
}

/** What the server writes itself must not be applied. */
function withoutStatus({ status: _status, ...object }: KubeObject): KubeObject {
  return object as KubeObject;
}

/** Names an object for people. */
export function objectText({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace === null ? "" : `${namespace}/`}${name}`;
}
