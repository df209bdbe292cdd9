/** A rule of the user's own for when a release is ready (`wait.for` in the stack file): what `kubectl wait` can say. */
export interface WaitCondition {
  /** Such as `cert-manager.io/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
  /** Null: the release's own, or none for cluster-scoped kinds. */
  readonly namespace: string | null;
  /** Which objects: by name, or by labels that must all be there (at least one object has to match). */
  readonly select: { readonly name: string } | { readonly labels: { readonly [key: string]: string } };
  readonly expect: WaitExpectation;
}

/** What must hold of every object that is selected. */
export type WaitExpectation =
  /** `status.conditions` has this type with this status (`True` unless another one is named). */
  | { readonly type: "condition"; readonly condition: string; readonly status: string }
  /** What the JSONPath finds; with `value` null anything will do, as long as it is there and not empty. */
  | { readonly type: "jsonpath"; readonly path: string; readonly value: string | null };
