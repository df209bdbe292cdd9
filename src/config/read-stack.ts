import { dirname } from "node:path";
import { isMapping } from "../catalog/mapping.ts";
import { ConfigError, type ConfigProblem } from "../model/errors.ts";
import type { Stack } from "../model/stack.ts";
import { chooseEnvironment } from "./choose-environment.ts";
import { expandStack } from "./expand.ts";
import { interpolate } from "./interpolate.ts";
import { kindOf, valueAt } from "./json-tree.ts";
import { parseYaml } from "./parse-yaml.ts";
import { hasReference, References } from "./references.ts";
import { refuseOtherVersion } from "./required-version.ts";
import { checkRules } from "./rules.ts";
import { stackSchema } from "./schema.ts";
import { checkShape } from "./shape.ts";
import type { ShapedStack } from "./shaped-stack.ts";
import type { StackInput } from "./stack-input.ts";
import type { Path, YamlSource } from "./yaml-source.ts";

/** A stack file that has no errors. */
export interface ReadStack {
  readonly stack: Stack;
  readonly warnings: readonly ConfigProblem[];
}

/** Parts that other rules need, so that one slip does not hide the next. */
const REPAIRS = { lists: ["releases"], root: { apiVersion: "flotilla/v1", stack: "unnamed" } };

/**
 * Reads a stack file and expands it for one environment.
 *
 * @throws ConfigError with every problem of the file and of the files it names, warnings included; PreflightError when it
 * was made for another version of flotilla
 */
export async function readStack(input: StackInput): Promise<ReadStack> {
  const file = input.displayPath(input.file);
  const { source, problems: yamlProblems } = parseYaml(file, input.text);
  if (!source) throw configError(file, yamlProblems);
  if (!isMapping(source.value)) throw configError(file, [...yamlProblems, rootProblem(source)]);
  const environment = chooseEnvironment(source.value, input.environment, input.sandbox);
  const isElsewhere = (path: Path): boolean =>
    path.length >= 2 && path[0] === "environments" && path[1] !== environment.name;
  const folder = dirname(input.file);
  const references = new References({ ...input, folder });
  const { value: tree, problems: referenceProblems } = await interpolate(source, references, isElsewhere);
  refuseOtherVersion(file, tree, input.flotillaVersion);
  // Other environments' references stand as they are written.
  const isOpen = (path: Path): boolean => {
    const text = isElsewhere(path) ? valueAt(tree, path) : null;
    return typeof text === "string" && hasReference(text);
  };
  const shape = checkShape(stackSchema, source, tree, REPAIRS, isOpen);
  const problems = [...yamlProblems, ...elsewhereThan(yamlProblems, shape.problems)];
  if (!input.keepUnset) problems.push(...referenceProblems);
  if (environment.fault) problems.push(source.problem(["environments"], "key", environment.fault));
  if (shape.value === null) throw configError(file, problems);
  // Only what fits the schema is left, save for releases that are null: just what the type says.
  const stack = shape.value as unknown as ShapedStack;
  const rules = { source, stack, tree, environment, folder };
  const expanded = await expandStack(rules, input, references);
  problems.push(...checkRules(rules), ...expanded.problems);
  if (problems.some(({ severity }) => severity === "error")) throw configError(file, problems);
  return { stack: expanded.stack, warnings: inOrder(problems, file) };
}

function rootProblem(source: YamlSource): ConfigProblem {
  const message =
    source.value === null ? "the file is empty" : `a stack file holds a mapping, not ${kindOf(source.value)}`;
  const hint = "flotilla init writes one to start from";
  return source.problem([], "value", { message, hint });
}

/** A value that could not be read is empty: that it then has the wrong type is not worth a second problem. */
function elsewhereThan(first: readonly ConfigProblem[], others: readonly ConfigProblem[]): ConfigProblem[] {
  const places = new Set(first.map(({ line, column }) => `${line}:${column}`));
  return others.filter(({ line, column }) => !places.has(`${line}:${column}`));
}

function configError(file: string, problems: readonly ConfigProblem[]): ConfigError {
  const ordered = inOrder(problems, file);
  const errors = ordered.filter(({ severity }) => severity === "error").length;
  return new ConfigError(`${file} has ${errors === 1 ? "an error" : `${errors} errors`}`, ordered);
}

/** By file, the stack file first, then from top to bottom. The same thing is said once. */
function inOrder(problems: readonly ConfigProblem[], file: string): ConfigProblem[] {
  const distinct = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  const rank = (problem: ConfigProblem): string => (problem.file === file ? "" : problem.file);
  return [...distinct.values()].toSorted(
    (a, b) => rank(a).localeCompare(rank(b)) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}
