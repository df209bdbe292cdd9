import { isMapping } from "../catalog/mapping.ts";
import type { JsonValue } from "../model/json.ts";
import { isSecretKey } from "../model/secret-keys.ts";
import type { Stack } from "../model/stack.ts";

/** Shorter ones are too often an ordinary word that stands elsewhere as well. In characters. */
const SHORTEST = 8;

/** `scheme://user:PASSWORD@host`. */
const URL_PASSWORD = /:\/\/[^/\s:@]*:([^/\s@]+)@/g;

/**
 * What a stack holds that nobody called a secret and yet most likely is one: long enough values under keys such as
 * `password`, passwords in URLs, and the credentials of sources. Names that the stack itself uses are none.
 */
export function likelySecrets(stack: Stack): readonly string[] {
  const names = new Set([stack.name, ...stack.releases.flatMap(({ name, namespace }) => [name, namespace])]);
  const found = new Set<string>();
  const keep = (value: string): void => {
    const isWord = names.has(value) || isSecretKey(value);
    if (value.length >= SHORTEST && !isWord) found.add(value);
  };
  const visit = (value: JsonValue | undefined, key: string): void => {
    if (Array.isArray(value)) value.forEach((item: JsonValue) => visit(item, key));
    else if (isMapping(value)) Object.entries(value).forEach(([name, below]) => visit(below, name));
    else if (typeof value === "string" || typeof value === "number") {
      if (isSecretKey(key)) keep(String(value));
      for (const [, password = ""] of String(value).matchAll(URL_PASSWORD)) keep(password);
    }
  };
  for (const { values, chart } of stack.releases) {
    visit(values, "");
    const credentials = "access" in chart ? (chart.access?.credentials ?? null) : null;
    if (credentials !== null) found.add(credentials.password);
  }
  return [...found];
}
