import type { z } from "zod";
import type { ConfigProblem } from "../model/errors.ts";
import type { JsonValue } from "../model/json.ts";
import { isMapping } from "../catalog/mapping.ts";
import { withoutPaths } from "./json-tree.ts";
import { type ShapeIssue, shapeIssues } from "./shape-issues.ts";
import { shapeProblem } from "./shape-problems.ts";
import { type Path, pathKey, type YamlSource } from "./yaml-source.ts";

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

/**
 * Checks the shape of a file and reports everything that does not fit. `value` is the file's, interpolated.
 * @param isOpen whether it is not known yet what stands at a path: that is not judged
 */
export function checkShape(
  schema: z.ZodType,
  source: YamlSource,
  value: JsonValue,
  repairs: Repairs,
  isOpen: (path: Path) => boolean = () => false,
): Shaped {
  const misfits = shapeIssues(schema, value);
  const issues = misfits.filter(({ path }) => !isOpen(path));
  const told = issues.slice(0, MOST_TOLD);
  const problems = told.map((issue) => shapeProblem(schema, source, value, issue));
  const untold = issues.length - told.length;
  if (untold > 0) problems.push(source.problem([], "value", { message: `${untold} more problems of this kind` }));
  return { value: dropMisfits(schema, value, misfits, repairs), problems };
}

/** Nobody reads more, and a file that is something else altogether has no end of them. */
const MOST_TOLD = 100;

/** A round per level at most: what is left out can only make the mapping around it incomplete. */
const ROUNDS = 20;

function dropMisfits(schema: z.ZodType, value: JsonValue, issues: readonly ShapeIssue[], repairs: Repairs): JsonValue {
  let tree = value;
  let misfits = issues;
  for (let round = 0; round < ROUNDS; round++) {
    const paths = misfits.map(misfitPath).filter((path) => path !== null);
    if (paths.length === 0) return tree;
    tree = withoutPaths(tree, new Set(paths.map((path) => pathKey(droppedPath(path, repairs)))));
    if (isMapping(tree)) tree = { ...repairs.root, ...tree };
    misfits = shapeIssues(schema, tree).filter((issue) => !isHole(issue.path, repairs));
  }
  return null;
}

/** What must go; null for a value that is of the right kind and can stay. */
function misfitPath(issue: ShapeIssue): Path | null {
  if (issue.type === "unknown-key") return [...issue.path, issue.key];
  if (issue.type === "missing") return issue.path.length > 1 ? issue.path.slice(0, -1) : issue.path;
  return issue.type === "bad-value" ? null : issue.path;
}

/** Items go with their whole list, save for those of the lists that may have holes. */
function droppedPath(path: Path, { lists }: Repairs): Path {
  const isKept = isString(path[0]) && lists.includes(path[0]) && path.length > 1;
  const item = path.findIndex((step, index) => typeof step === "number" && !(isKept && index === 1));
  return item < 0 ? path : path.slice(0, item);
}

function isHole(path: Path, { lists }: Repairs): boolean {
  return path.length === 2 && isString(path[0]) && lists.includes(path[0]);
}

function isString(step: string | number | undefined): step is string {
  return typeof step === "string";
}
