import { asObject, type JsonObject, type JsonValue } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { isSecretKey } from "../model/secret-keys.ts";
import { KNOWN_AFTER_APPLY } from "./known-after-apply.ts";

/** What tells secrets, and what stands in their place. */
export interface Hiding {
  /** A keyed digest of a text, in hex: equal for equal texts, and says nothing else of them. */
  readonly digest: (text: string) => string;
  /** Whether a text holds a secret that is known. */
  readonly isSecret: (text: string) => boolean;
}

/**
 * The object with digests in place of secrets: all that a Secret holds, what stands under keys that look secret
 * (`model/secret-keys.ts`), and every text that holds a known secret. A change shows, the value never does. Expects
 * comparable objects (see `comparable.ts`). Pure.
 */
export function withHiddenValues(object: KubeObject, hiding: Hiding): KubeObject {
  const { kind, apiVersion } = object;
  if (kind !== "Secret" || apiVersion !== "v1") return hidden(object, false, hiding) as KubeObject;
  const { data, ...rest } = object;
  const shown = hidden(rest as KubeObject, false, hiding) as KubeObject;
  return data === undefined ? shown : { ...shown, data: hiddenData(asObject(data), hiding) };
}

/**
 * Two objects that are to be compared, each with {@link withHiddenValues}: and where one holds a known secret, the other
 * holds the one before or after, which nobody knows any more or yet.
 */
export function withHiddenPair(
  one: KubeObject,
  other: KubeObject,
  hiding: Hiding,
): readonly [one: KubeObject, other: KubeObject] {
  const whole = (object: KubeObject, beside: KubeObject): KubeObject =>
    withHiddenValues(object.kind === "Secret" ? object : (besideSecrets(object, beside, hiding) as KubeObject), hiding);
  return [whole(one, other), whole(other, one)];
}

function besideSecrets(one: JsonValue, other: JsonValue | undefined, hiding: Hiding): JsonValue {
  if (typeof one === "string" && typeof other === "string") {
    return hiding.isSecret(other) ? digestOf(one, hiding) : one;
  }
  if (Array.isArray(one)) {
    const items = Array.isArray(other) ? (other as readonly JsonValue[]) : [];
    return (one as readonly JsonValue[]).map((item, index) => besideSecrets(item, items[index], hiding));
  }
  if (typeof one !== "object" || one === null) return one;
  const right = asObject(other);
  return Object.fromEntries(
    Object.entries(one as JsonObject).map(([key, value]) => [key, besideSecrets(value ?? null, right[key], hiding)]),
  );
}

function hiddenData(data: JsonObject, hiding: Hiding): JsonObject {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => {
      const text = String(value);
      return [
        key,
        text === KNOWN_AFTER_APPLY ? text : digestOf(Buffer.from(text, "base64").toString("latin1"), hiding),
      ];
    }),
  );
}

function hidden(value: JsonValue, secret: boolean, hiding: Hiding): JsonValue {
  if (typeof value === "string" || typeof value === "number") {
    return secret || hiding.isSecret(String(value)) ? digestOf(String(value), hiding) : value;
  }
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => hidden(item, secret, hiding));
  if (typeof value !== "object" || value === null) return value;
  const { name, value: content, ...others } = value as JsonObject;
  // A variable of a container, or a parameter of the same shape: its name says what it holds.
  if (typeof name === "string" && typeof content === "string" && isSecretKey(name)) {
    return { name, value: digestOf(content, hiding), ...asObject(hidden(others, false, hiding)) };
  }
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([key, below]) => [key, hidden(below ?? null, isSecretKey(key), hiding)]),
  );
}

function digestOf(text: string, { digest }: Hiding): string {
  return text === KNOWN_AFTER_APPLY || text === "" || DIGEST.test(text) ? text : `<secret ${digest(text)}>`;
}

/** What stands for a secret already. */
const DIGEST = /^<secret [0-9a-f]+>$/;
