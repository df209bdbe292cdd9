import type { ConfigProblem } from "../model/errors.ts";
import { parseDuration } from "../model/durations.ts";
import { parseJsonPath } from "../model/json-path-syntax.ts";
import { itemsAt } from "./json-tree.ts";
import { type ConditionEntry, conditionSchema } from "./schema-release.ts";
import { placedReleases, type RuleInput } from "./shaped-stack.ts";
import type { Path } from "./yaml-source.ts";

/** A timeout leaves some time. */
export function zeroTimeouts({ source, stack }: RuleInput): ConfigProblem[] {
  const timeouts: { path: Path; text: string | undefined }[] = [
    { path: ["defaults", "timeout"], text: stack.defaults?.timeout },
    ...placedReleases(stack).map(({ entry, path }) => ({
      path: [...path, "wait", "timeout"],
      text: entry.wait ? entry.wait.timeout : undefined,
    })),
  ];
  return timeouts.flatMap(({ path, text }) => {
    if (text === undefined || parseDuration(text) !== 0) return [];
    return [
      source.problem(path, "value", {
        message: "a timeout is longer than nothing",
        hint: "wait: false does not wait at all",
      }),
    ];
  });
}

/** What is wrong with a condition of `wait.for`; `key` is null for the condition as a whole. */
interface ConditionFault {
  readonly key: keyof ConditionEntry | null;
  readonly message: string;
  readonly hint: string | null;
}

/** Every condition of `wait.for` says which objects are meant and what must hold of them, each in one way. */
export function waitConditions({ source, stack, tree }: RuleInput): ConfigProblem[] {
  return placedReleases(stack)
    .flatMap(({ path }) => itemsAt(tree, [...path, "wait", "for"]))
    .flatMap(({ value, path: at }) => {
      const condition = conditionSchema.safeParse(value).data;
      if (!condition) return [];
      return [...selectionFaults(condition), ...expectationFaults(condition)].map(({ key, ...finding }) =>
        key === null ? source.problem(at, "value", finding) : source.problem([...at, key], "key", finding),
      );
    });
}

function selectionFaults({ name, selector }: ConditionEntry): ConditionFault[] {
  if (name === undefined && selector === undefined) {
    return [
      { key: null, message: "a condition needs a name or a selector", hint: "name: NAME, or selector: { app: web }" },
    ];
  }
  if (name !== undefined && selector !== undefined) {
    return [
      { key: "selector", message: "a condition has a name or a selector, not both", hint: "keep one of the two" },
    ];
  }
  if (selector !== undefined && Object.keys(selector).length === 0) {
    return [{ key: "selector", message: "a selector names a label at least", hint: "selector: { app: web }" }];
  }
  return [];
}

function expectationFaults({ condition, jsonPath, value }: ConditionEntry): ConditionFault[] {
  if (condition === undefined && jsonPath === undefined) {
    const hint = 'condition: Ready, or jsonPath: "{.status.phase}" and value: Running';
    return [{ key: null, message: "a condition says what must hold: condition or jsonPath", hint }];
  }
  if (condition !== undefined) {
    const faults: ConditionFault[] = [];
    if (jsonPath !== undefined) {
      const message = "a condition says either condition or jsonPath, not both";
      faults.push({ key: "jsonPath", message, hint: "keep one of the two; two entries can hold one each" });
    } else if (value !== undefined) {
      const hint = `write it into the condition: ${condition.split("=")[0]}=${value}`;
      faults.push({ key: "value", message: "value belongs to jsonPath", hint });
    }
    if (!/^[^=\s]+(=[^=\s]+)?$/.test(condition)) {
      faults.push({ key: "condition", message: `"${condition}" is no condition`, hint: "write Ready or Ready=False" });
    }
    return faults;
  }
  const path = parseJsonPath(jsonPath ?? "");
  return "problem" in path
    ? [{ key: "jsonPath", message: `"${jsonPath}" is no JSONPath: ${path.problem}`, hint: 'such as "{.status.phase}"' }]
    : [];
}
