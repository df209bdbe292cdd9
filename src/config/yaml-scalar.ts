import type { JsonValue } from "../model/json.ts";

const WORDS: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  ...["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map((word) => [word, true] as const),
  ...["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map((word) => [word, false] as const),
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
]);

const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const INTEGER = /^([-+]?)(0x[0-9a-f]+|0b[01]+|0o?[0-7]+|0|[1-9][0-9]*)$/i;
const NOT_FINITE = /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/;

/**
 * Reads a scalar without quotes as Helm does, whose YAML library keeps to version 1.1 (go.yaml.in/yaml/v2,
 * resolve.go): `yes` is true and `0644` is 420, so that a values file means the same here and under `helm -f`.
 * Undefined for numbers that JSON cannot carry exactly.
 */
export function readPlainScalar(text: string): JsonValue | undefined {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (NOT_FINITE.test(text)) return undefined;
  if (!/^[-+.0-9]/.test(text)) return text;
  const plain = text.replaceAll("_", "");
  const integer = INTEGER.exec(plain);
  if (integer) {
    const [, sign, digits = ""] = integer;
    const amount = Number(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase());
    if (!Number.isSafeInteger(amount)) return undefined;
    return sign === "-" && amount !== 0 ? -amount : amount;
  }
  if (!FLOAT.test(plain)) return text;
  const amount = Number(plain);
  return Number.isFinite(amount) ? amount : undefined;
}
