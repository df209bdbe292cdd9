import type { z } from "zod";
import type { JsonValue } from "../model/json.ts";
import { valueAt } from "./json-tree.ts";
import type { Path } from "./yaml-source.ts";

/** One thing that does not fit a schema. Zod's nested unions are taken apart already. */
export type ShapeIssue =
  /** A required key is not there. `path` ends with the key. */
  | { readonly type: "missing"; readonly path: Path }
  | { readonly type: "unknown-key"; readonly path: Path; readonly key: string }
  /** The value is of another kind. `expected` in words. */
  | { readonly type: "wrong-kind"; readonly path: Path; readonly expected: string }
  /** The value is none of a few words. */
  | { readonly type: "wrong-word"; readonly path: Path; readonly words: readonly string[] }
  /** The value is of the right kind, but breaks a rule of the schema. */
  | { readonly type: "bad-value"; readonly path: Path; readonly message: string };

type ZodIssue = z.core.$ZodIssue;

/** All issues of a value. */
export function shapeIssues(schema: z.ZodType, tree: JsonValue): ShapeIssue[] {
  const result = schema.safeParse(tree);
  return result.success ? [] : result.error.issues.flatMap((issue) => toShapeIssues(issue, [], tree));
}

function toShapeIssues(issue: ZodIssue, prefix: Path, tree: JsonValue): ShapeIssue[] {
  const path: Path = [...prefix, ...issue.path.map((step) => (typeof step === "number" ? step : String(step)))];
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => ({ type: "unknown-key", path, key }));
  const missing = issue.code.startsWith("invalid_") && valueAt(tree, path) === undefined;
  if (missing) return [{ type: "missing", path }];
  switch (issue.code) {
    case "invalid_union":
      return unionIssues(issue, path, tree);
    case "invalid_type":
      return [{ type: "wrong-kind", path, expected: kindName(issue.expected) }];
    case "invalid_value":
      return [{ type: "wrong-word", path, words: issue.values.map(String) }];
    default:
      return [{ type: "bad-value", path, message: issue.message }];
  }
}

/** The member that was meant is the one of the value's own kind; its issues are those worth telling. */
function unionIssues(issue: ZodIssue & { code: "invalid_union" }, path: Path, tree: JsonValue): ShapeIssue[] {
  const meant = issue.errors.find((member) => !member.some(isOtherKind));
  if (meant) return meant.flatMap((inner) => toShapeIssues(inner, path, tree));
  const kinds = issue.errors.flatMap((member) => member.filter(isOtherKind).map(expectedOf));
  return [{ type: "wrong-kind", path, expected: kinds.join(" or ") }];
}

function isOtherKind(issue: ZodIssue): boolean {
  return issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_value");
}

function expectedOf(issue: ZodIssue): string {
  if (issue.code === "invalid_value") return issue.values.map(String).join(" or ");
  return issue.code === "invalid_type" ? kindName(issue.expected) : "another value";
}

function kindName(expected: string): string {
  const names: Readonly<Record<string, string>> = {
    string: "text",
    boolean: "true or false",
    number: "a whole number",
    int: "a whole number",
    array: "a list",
    object: "a mapping",
    record: "a mapping",
  };
  return names[expected] ?? expected;
}
