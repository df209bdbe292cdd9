import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { hasLabels } from "../model/label-selector.ts";
import type { Readiness } from "../model/readiness.ts";
import type { WaitCondition, WaitExpectation } from "../model/wait-condition.ts";
import type { ClusterView } from "./cluster-view.ts";
import type { TargetReadiness } from "./evaluate.ts";
import { currentCondition, wordsOf } from "./fields.ts";
import { findByPath } from "./json-path.ts";
import { parseJsonPath } from "../model/json-path-syntax.ts";
import { failed, ready, waiting } from "./verdict.ts";

/**
 * Whether what the user waits for (`wait.for`) has come. As with `kubectl wait`: by labels at least one object must be
 * found, and every one of them must be as expected; what is not there yet is waited for.
 * @param releaseNamespace where it looks when it names no namespace
 */
export function conditionReadiness(
  condition: WaitCondition,
  releaseNamespace: string,
  view: ClusterView,
): TargetReadiness {
  const { apiVersion, kind, select } = condition;
  const namespace = condition.namespace ?? releaseNamespace;
  const name = "name" in select ? select.name : labelText(select.labels);
  const ref: ObjectRef = { apiVersion, kind, namespace, name };
  const awaiting = `${kind} ${name}: ${expectationText(condition.expect)}`;
  const found = view.list(ref, namespace);
  if (found === null) return { ref, readiness: failed(awaiting, `whoever runs flotilla may not read ${kind}`) };
  const selected = found.filter(({ metadata }) =>
    "name" in select ? metadata.name === select.name : hasLabels(metadata.labels, select.labels),
  );
  if (selected.length === 0) return { ref, readiness: waiting(`${kind} ${name} to exist`) };
  const verdicts = selected.map((object) => judge(object, condition.expect, awaiting));
  return { ref, readiness: verdicts.find(({ state }) => state !== "ready") ?? ready() };
}

function judge(object: KubeObject, expect: WaitExpectation, awaiting: string): Readiness {
  if (expect.type === "condition") {
    const condition = currentCondition(object, expect.condition);
    const met = condition?.status.toLowerCase() === expect.status.toLowerCase();
    return met ? ready() : waiting(awaiting, wordsOf(condition));
  }
  const path = parseJsonPath(expect.path);
  if ("problem" in path) return failed(awaiting, `${expect.path} is no JSONPath: ${path.problem}`);
  const values = findByPath(object, path.steps).map((value) =>
    typeof value === "string" ? value : JSON.stringify(value),
  );
  const { value: wanted } = expect;
  const met = values.length > 0 && values.every((value) => (wanted === null ? !isEmpty(value) : value === wanted));
  return met
    ? ready()
    : waiting(awaiting, values.length === 0 ? "there is no such field yet" : `it is ${values.join(", ")}`);
}

function isEmpty(value: string): boolean {
  return ["", "null", "[]", "{}"].includes(value);
}

function expectationText(expect: WaitExpectation): string {
  if (expect.type === "condition") return `condition ${expect.condition} to be ${expect.status}`;
  return expect.value === null ? `${expect.path} to be set` : `${expect.path} to be ${expect.value}`;
}

function labelText(labels: { readonly [key: string]: string }): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}
