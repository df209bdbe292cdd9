import { stringify } from "yaml";
import { asObject, type JsonObject, type JsonValue } from "../model/json.ts";
import { type Edit, editScript } from "./edit-script.ts";
import { listMatcher } from "./list-keys.ts";
import { means } from "./means.ts";

/** Lines of a text that are shown around those that differ. */
const CONTEXT = 2;

/**
 * What changes from one object to another as YAML: lines behind `-` and `+`, and behind a space the keys above them.
 * What stays is left out. Null for an object that is not there. Empty when both mean the same. Pure.
 */
export function yamlDiff(before: JsonValue | null, after: JsonValue | null): string {
  const lines =
    before === null || after === null
      ? marked(before === null ? "+" : "-", before ?? after ?? {}, "")
      : ofMappings(asObject(before), asObject(after), "", []);
  return lines.map((line) => `${line}\n`).join("");
}

function ofMappings(before: JsonObject, after: JsonObject, indent: string, keys: readonly string[]): readonly string[] {
  const all = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return all.flatMap((key) => ofField(key, before[key], after[key], indent, [...keys, key]));
}

function ofField(
  key: string,
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  indent: string,
  keys: readonly string[],
): readonly string[] {
  if (means(before, after, keys)) return [];
  if (before === undefined || after === undefined) {
    const mark = before === undefined ? "+" : "-";
    return marked(mark, { [key]: before ?? after ?? null }, indent);
  }
  const head = ` ${indent}${stringify({ [key]: null }, { nullStr: "" }).trimEnd()}`;
  if (Array.isArray(before) && Array.isArray(after)) {
    return [head, ...ofLists(before, after, `${indent}  `, keys)];
  }
  if (isMapping(before) && isMapping(after)) return [head, ...ofMappings(before, after, `${indent}  `, keys)];
  if (isText(before) && isText(after)) return [`${head} |`, ...ofTexts(before, after, `${indent}  `)];
  return [...marked("-", { [key]: before }, indent), ...marked("+", { [key]: after }, indent)];
}

function ofLists(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  indent: string,
  keys: readonly string[],
): readonly string[] {
  const field = keys.at(-1) ?? "";
  const [matcher, other] = [listMatcher(field, after), listMatcher(field, before)];
  if (matcher === null || other === null) return ofPlaces(before, after, indent, keys);
  const nameOf = (item: JsonValue): string => JSON.stringify(matcher.keyOf(item));
  const known = new Map(before.map((item) => [nameOf(item), item]));
  const gone = before.filter((item) => !after.some((each) => nameOf(each) === nameOf(item)));
  return [
    ...gone.flatMap((item) => marked("-", [item], indent)),
    ...after.flatMap((item) => {
      const was = known.get(nameOf(item));
      if (was === undefined) return marked("+", [item], indent);
      return means(was, item, keys) ? [] : [...element(matcher.keyOf(item) ?? {}, indent), ...within(was, item)];
    }),
  ];

  function within(was: JsonValue, item: JsonValue): readonly string[] {
    return ofMappings(asObject(was), asObject(item), `${indent}  `, keys);
  }
}

/** Lists in which only the place counts: what both have stays, what stands at the same place is compared. */
function ofPlaces(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  indent: string,
  keys: readonly string[],
): readonly string[] {
  if (before.length === after.length && before.every(isMapping) && after.every(isMapping)) {
    return after.flatMap((item, index) => {
      const was = before[index];
      if (was === undefined || means(was, item, keys)) return [];
      return [` ${indent}- # ${index + 1}`, ...ofMappings(asObject(was), asObject(item), `${indent}  `, keys)];
    });
  }
  return editScript(before, after, (one, other) => means(one, other, keys)).flatMap((edit) => {
    if (edit.type === "same") return [];
    return edit.type === "removed" ? marked("-", [edit.before], indent) : marked("+", [edit.after], indent);
  });
}

/** The line by which one knows an element of a list. */
function element(key: JsonObject, indent: string): readonly string[] {
  return marked(" ", [key], indent);
}

/** Texts of several lines, line by line. */
function ofTexts(before: string, after: string, indent: string): readonly string[] {
  const edits = editScript(before.split("\n"), after.split("\n"), (one, other) => one === other);
  const near = (index: number): boolean =>
    edits.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ type }) => type !== "same");
  return edits.flatMap((edit, index) => {
    if (near(index)) return [textLine(edit, indent)];
    return index > 0 && near(index - 1) ? [` ${indent}…`] : [];
  });
}

function textLine(edit: Edit<string>, indent: string): string {
  const mark = { same: " ", removed: "-", added: "+" }[edit.type];
  return `${mark}${indent}${edit.type === "added" ? edit.after : edit.before}`;
}

function marked(mark: string, value: JsonValue, indent: string): readonly string[] {
  const text = stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
  return text
    .trimEnd()
    .split("\n")
    .map((line) => `${mark}${indent}${line}`);
}

function isText(value: JsonValue): value is string {
  return typeof value === "string" && value.trimEnd().includes("\n");
}

function isMapping(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
