import { asList, asObject, type JsonValue } from "../model/json.ts";

/** A step into a list: `[name="web",protocol="TCP"]`, `[0]`, or `[="value"]`. */
const INTO_LIST = /^\[((?:[^\]"]|"(?:[^"\\]|\\.)*")*)\]/;

/**
 * The value that an API server's path leads to in an object (structured-merge-diff, `fieldpath.Path`), such as
 * `.spec.template.spec.containers[name="web"].image`; undefined when there is none. Names stand in it as they are, dots
 * and all: the longest key that fits is taken.
 */
export function valueAtPath(value: JsonValue | undefined, path: string): JsonValue | undefined {
  if (path === "" || value === undefined) return value;
  const list = INTO_LIST.exec(path);
  if (list !== null) return valueAtPath(itemOf(value, list[1] ?? ""), path.slice(list[0].length));
  const rest = path.slice(1);
  const fitting = Object.keys(asObject(value))
    .filter((key) => rest === key || rest.startsWith(`${key}.`) || rest.startsWith(`${key}[`))
    .toSorted((one, other) => other.length - one.length);
  for (const key of fitting) {
    const found = valueAtPath(asObject(value)[key], rest.slice(key.length));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The names of the fields that a path leads through; one with dots in it comes in pieces. */
export function fieldNames(path: string): readonly string[] {
  return path
    .replaceAll(/\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\]/g, "")
    .split(".")
    .filter((name) => name !== "");
}

/** What the items of lists that a path leads through are called: `DB_PASSWORD` of `.env[name="DB_PASSWORD"].value`. */
export function itemNames(path: string): readonly string[] {
  return [...path.matchAll(/[[,](?:name|key)="((?:[^"\\]|\\.)*)"/g)].map(([, name = ""]) => name);
}

function itemOf(value: JsonValue, selector: string): JsonValue | undefined {
  const items = asList(value);
  if (/^\d+$/.test(selector)) return items[Number(selector)];
  if (selector.startsWith("=")) return items.find((item) => JSON.stringify(item) === selector.slice(1));
  const keys = [...selector.matchAll(/([^=,]+)=("(?:[^"\\]|\\.)*"|[^,]+)/g)];
  return items.find((item) =>
    keys.every(([, name = "", wanted = ""]) => {
      const own = asObject(item)[name];
      return own === undefined || JSON.stringify(own) === wanted;
    }),
  );
}
