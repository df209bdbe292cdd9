import type { z } from "zod";
import type { ConfigProblem } from "../model/errors.ts";
import type { JsonValue } from "../model/json.ts";
import { kindOf, valueAt } from "./json-tree.ts";
import { knownKeys } from "./known-keys.ts";
import { didYouMean, didYouMeanOneOf } from "../model/near-name.ts";
import { reservedFor } from "./reserved-keys.ts";
import type { ShapeIssue } from "./shape-issues.ts";
import { type Path, pathText, type YamlSource } from "./yaml-source.ts";

type IssueOf<Type extends ShapeIssue["type"]> = Extract<ShapeIssue, { type: Type }>;

/** An issue in words and with its place. */
export function shapeProblem(schema: z.ZodType, source: YamlSource, tree: JsonValue, issue: ShapeIssue): ConfigProblem {
  switch (issue.type) {
    case "missing":
      return missingKey(source, issue);
    case "unknown-key":
      return unknownKey(schema, source, issue);
    case "wrong-kind":
      return wrongKind(source, tree, issue);
    case "wrong-word":
      return wrongWord(source, tree, issue);
    case "bad-value":
      return source.problem(issue.path, "value", { message: `${pathText(issue.path)}: ${issue.message}` });
  }
}

const MISSING_HINTS: Readonly<Record<string, string>> = {
  apiVersion: "add the line apiVersion: flotilla/v1",
  stack: "name the stack, such as stack: my-app",
};

function missingKey(source: YamlSource, { path }: IssueOf<"missing">): ConfigProblem {
  const key = String(path.at(-1));
  const parent = path.slice(0, -1);
  const message = `${nameOf(parent)} needs the key "${key}"`;
  return source.problem(parent, "key", { message, hint: MISSING_HINTS[pathText(path)] ?? null });
}

function unknownKey(schema: z.ZodType, source: YamlSource, { path, key }: IssueOf<"unknown-key">): ConfigProblem {
  const at = [...path, key];
  const purpose = reservedFor(path, key);
  if (purpose !== null) {
    return source.problem(at, "key", {
      message: `"${key}" in ${nameOf(path)} is reserved: a later version will read it, for ${purpose}`,
      hint: "remove the key",
    });
  }
  return source.problem(at, "key", {
    message: `unknown key "${key}" in ${nameOf(path)}`,
    hint: didYouMeanOneOf(key, "known keys", knownKeys(schema, path)),
  });
}

function wrongKind(source: YamlSource, tree: JsonValue, { path, expected }: IssueOf<"wrong-kind">): ConfigProblem {
  const value = valueAt(tree, path);
  return source.problem(path, "value", {
    message: `${nameOf(path)} must be ${expected}, not ${kindOf(value)}`,
    hint: unitHint(path, value) ?? quotesHint(source, path, expected, value) ?? listHint(expected, value),
  });
}

/** A number where a duration belongs lacks its unit, not its quotes. */
function unitHint(path: Path, value: JsonValue | undefined): string | null {
  const isDuration = path.at(-1) === "timeout" || path.at(-2) === "giveUp";
  return isDuration && typeof value === "number" ? `give it a unit: ${value}s, ${value}m` : null;
}

function quotesHint(source: YamlSource, path: Path, expected: string, value: JsonValue | undefined): string | null {
  const quotable = expected.startsWith("text") && (typeof value === "number" || typeof value === "boolean");
  return quotable ? `put it into quotes: "${source.spelling(path) ?? String(value)}"` : null;
}

function listHint(expected: string, value: JsonValue | undefined): string | null {
  const single = expected === "a list" && value !== null && value !== undefined;
  return single ? "put it into brackets, [ … ], or after a hyphen on a line of its own" : null;
}

function wrongWord(source: YamlSource, tree: JsonValue, { path, words }: IssueOf<"wrong-word">): ConfigProblem {
  const value = valueAt(tree, path);
  const place = pathText(path);
  const quoted = words.map((word) => `"${word}"`).join(" or ");
  const actual = typeof value === "string" ? `"${value}"` : kindOf(value);
  return source.problem(path, "value", {
    message: `${place} must be ${quoted}, not ${actual}`,
    hint: typeof value === "string" ? didYouMean(value, words) : null,
  });
}

function nameOf(path: Path): string {
  return path.length === 0 ? "the file" : pathText(path);
}
