import type { z } from "zod";
import type { ConfigProblem } from "../model/errors.ts";
import type { JsonValue } from "../model/json.ts";
import { replaceAt, valueAt } from "./json-tree.ts";
import { type ShapeIssue, shapeIssues } from "./shape-issues.ts";
import { shapeProblem } from "./shape-problems.ts";
import type { Path, YamlSource } from "./yaml-source.ts";

/** What a file holds as far as it has the right shape. */
export interface Shaped {
  /** What does not fit is left out, so that other rules can still be checked; null when nothing is left. */
  readonly value: JsonValue;
  readonly problems: readonly ConfigProblem[];
}

/** What a list or the root needs to live on when a part of it had to be left out. */
export interface Repairs {
  /** Lists whose items become null when they do not fit; other lists are left out as a whole. */
  readonly lists: readonly string[];
  /** Stand-ins for required keys of the root. */
  readonly root: Readonly<Record<string, JsonValue>>;
}

/** Checks the shape of a file and reports everything that does not fit. `value` is the file's, interpolated. */
export function checkShape(schema: z.ZodType, source: YamlSource, value: JsonValue, repairs: Repairs): Shaped {
  const issues = shapeIssues(schema, value);
  const problems = issues.flatMap((issue) => shapeProblem(schema, source, value, issue));
  return { value: dropMisfits(schema, value, issues, repairs), problems };
}

/** A round per level at most: what is left out can only make the mapping around it incomplete. */
const ROUNDS = 20;

function dropMisfits(schema: z.ZodType, value: JsonValue, issues: readonly ShapeIssue[], repairs: Repairs): JsonValue {
  let tree = value;
  let misfits = issues;
  for (let round = 0; round < ROUNDS; round++) {
    const paths = misfits.map(misfitPath).filter((path) => path !== null);
    if (paths.length === 0) return tree;
    for (const path of paths) tree = drop(tree, path, repairs);
    misfits = shapeIssues(schema, tree).filter((issue) => !isHole(issue.path, repairs));
  }
  return null;
}

/** What must go; null for a value that is of the right kind and can stay. */
function misfitPath(issue: ShapeIssue): Path | null {
  if (issue.type === "unknown-key") return [...issue.path, issue.key];
  if (issue.type === "missing") return issue.path.length > 1 ? issue.path.slice(0, -1) : issue.path;
  return issue.type === "bad-value" || issue.type === "bad-key" ? null : issue.path;
}

function drop(tree: JsonValue, path: Path, { lists, root }: Repairs): JsonValue {
  const [first] = path;
  if (first === undefined) return null;
  const item = path.findIndex((step) => typeof step === "number");
  const keptItem = typeof first === "string" && lists.includes(first) && item === 1;
  const innerItem = keptItem ? path.findIndex((step, index) => index > 1 && typeof step === "number") : item;
  const target = innerItem > 0 ? path.slice(0, innerItem) : path;
  const standIn = target.length === 1 && typeof first === "string" ? root[first] : undefined;
  // Something above it may have gone already.
  if (valueAt(tree, target) === undefined && standIn === undefined) return tree;
  return replaceAt(tree, target, standIn);
}

function isHole(path: Path, { lists }: Repairs): boolean {
  return path.length === 2 && typeof path[0] === "string" && lists.includes(path[0]);
}
