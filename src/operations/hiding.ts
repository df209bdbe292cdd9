import type { Hiding } from "../manifest/hidden-values.ts";
import { asObject, type JsonObject, type JsonValue } from "../model/json.ts";
import { isSecretKey } from "../model/secret-keys.ts";
import { secretDigest } from "../plan/secret-digest.ts";
import { secrets } from "../runtime/redact.ts";

/** So many characters a value under a key that looks secret needs to count as one, as in values files. */
const SHORTEST = 8;

/** How a plan hides secrets. @param key hex, from the stack's own record */
export function hidingWith(key: string): Hiding {
  return { digest: secretDigest(key), isSecret: (text) => secrets.text(text) !== text };
}

/**
 * Remembers the secrets of an earlier revision's values, which nobody has told this process: where a value is a secret now,
 * the one before was one too.
 */
export function rememberOldSecrets(before: JsonValue, now: JsonValue | undefined, key = ""): void {
  if (typeof before === "string") {
    const isOne = typeof now === "string" && secrets.isSecret(now);
    if (isOne || (isSecretKey(key) && before.length >= SHORTEST)) secrets.add(before);
    return;
  }
  if (Array.isArray(before)) {
    const items = Array.isArray(now) ? (now as readonly JsonValue[]) : [];
    for (const [index, item] of (before as readonly JsonValue[]).entries()) rememberOldSecrets(item, items[index], key);
    return;
  }
  const [left, right]: readonly JsonObject[] = [asObject(before), asObject(now)];
  for (const [name, value] of Object.entries(left ?? {})) rememberOldSecrets(value ?? null, right?.[name], name);
}
