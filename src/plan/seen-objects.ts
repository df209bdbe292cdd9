import { createHmac } from "node:crypto";
import { comparable } from "../manifest/comparable.ts";
import { objectKey } from "../manifest/object-ref.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import type { SeenObject } from "../model/observed.ts";
import { canonicalJson } from "./canonical-json.ts";
import { withoutRespected } from "./respected-fields.ts";

/** 64 bits tell two states of an object apart. */
const MARK_LENGTH = 16;

/** Marks states of objects. @param key hex, from the stack's own record: marks of Secrets tell nothing of them */
export class SeenMarks {
  readonly #key: Buffer;

  constructor(key: string) {
    this.#key = Buffer.from(key, "hex");
  }

  /** Changes with everything of an object that counts, and not with what others rightly change. */
  of(live: KubeObject, autoscalers: readonly KubeObject[] | null): string {
    const text = canonicalJson(withoutRespected(comparable(live), autoscalers));
    const digest = createHmac("sha256", this.#key).update(text).digest("hex").slice(0, MARK_LENGTH);
    return `${crdMark(live)}${digest}`;
  }

  /** Whether a CRD is the one that was seen, in the same state: by number, for its schema is not looked at. */
  isKnownCrd(live: KubeObject, seen: readonly SeenObject[]): boolean {
    const found = seen.find(({ kind, name }) => kind === live.kind && name === live.metadata.name);
    return found !== undefined && found.mark !== "" && found.mark.startsWith(crdMark(live));
  }
}

/** Which of a release's objects are not as they were seen. */
export function changedSince(
  seen: readonly SeenObject[],
  markOf: (ref: ObjectRef) => string | null,
): readonly SeenObject[] {
  return seen.filter((object) => object.mark === "" || markOf(object) !== object.mark);
}

/** What was seen of a release, from its objects and those of them that were not as they should be. */
export function seenObjects(
  refs: readonly ObjectRef[],
  drifted: readonly ObjectRef[],
  markOf: (ref: ObjectRef) => string | null,
): readonly SeenObject[] {
  const wrong = new Set(drifted.map(objectKey));
  return refs.map((ref) => ({ ...ref, mark: wrong.has(objectKey(ref)) ? "" : (markOf(ref) ?? "") }));
}

/** Which CRD it is, and which state of it: the API server counts every change of the spec. Nothing for other kinds. */
function crdMark({ kind, metadata }: KubeObject): string {
  return kind === "CustomResourceDefinition" ? `${metadata.uid ?? ""}/${metadata.generation ?? 0}/` : "";
}
