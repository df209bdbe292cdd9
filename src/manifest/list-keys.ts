import { asObject, type JsonObject, type JsonValue } from "../model/json.ts";

/** How elements of a list are told apart. */
interface ListKey {
  readonly fields: readonly string[];
  /** Whether others may add elements without touching what is ours: lists that the API server merges. */
  readonly open: boolean;
  /** What a field is when an element leaves it out. */
  readonly defaults?: JsonObject;
}

const NAME: ListKey = { fields: ["name"], open: true };
const PORT: Pick<ListKey, "open" | "defaults"> = { open: true, defaults: { protocol: "TCP" } };

/**
 * Lists by the field that holds them, as Kubernetes' own types declare them (k8s.io/api, `listMapKey` and `patchMergeKey`).
 * `versions` of a CRD is replaced as a whole, and matched by name so that one can read what changes.
 */
const LIST_KEYS: Readonly<Record<string, readonly ListKey[]>> = {
  containers: [NAME],
  initContainers: [NAME],
  ephemeralContainers: [NAME],
  env: [NAME],
  volumes: [NAME],
  imagePullSecrets: [NAME],
  secrets: [NAME],
  webhooks: [NAME],
  resourceClaims: [NAME],
  volumeMounts: [{ fields: ["mountPath"], open: true }],
  volumeDevices: [{ fields: ["devicePath"], open: true }],
  hostAliases: [{ fields: ["ip"], open: true }],
  topologySpreadConstraints: [{ fields: ["topologyKey", "whenUnsatisfiable"], open: true }],
  ports: [
    { fields: ["containerPort", "protocol"], ...PORT },
    { fields: ["port", "protocol"], ...PORT },
  ],
  versions: [{ ...NAME, open: false }],
};

/** Lists of plain values in which order says nothing and others may add (k8s.io/api, `listType=set`). */
const SETS: ReadonlySet<string> = new Set(["finalizers"]);

/** Tells the elements of one list apart. */
export interface ListMatcher {
  readonly open: boolean;
  /** The fields that name an element; null for one that has not all of them. */
  readonly keyOf: (item: JsonValue) => JsonObject | null;
}

/** How the elements of a list are matched; null for lists in which only the place counts. */
export function listMatcher(field: string, items: readonly JsonValue[]): ListMatcher | null {
  for (const { fields, open, defaults = {} } of LIST_KEYS[field] ?? []) {
    const keyOf = (item: JsonValue): JsonObject | null => {
      const object = { ...defaults, ...asObject(item) };
      const entries = fields.map((key) => [key, object[key]] as const);
      return entries.every(([, value]) => value !== undefined) ? Object.fromEntries(entries) : null;
    };
    const keys = items.map((item) => JSON.stringify(keyOf(item)));
    if (!keys.includes("null") && new Set(keys).size === keys.length) return { open, keyOf };
  }
  return null;
}

/** Whether a list of plain values is a set. */
export function isSet(field: string): boolean {
  return SETS.has(field);
}
