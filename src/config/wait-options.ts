import type { GiveUpOverrides } from "../model/diagnosis.ts";
import { parseDuration } from "../model/durations.ts";
import type { WaitOptions } from "../model/stack.ts";
import type { WaitCondition, WaitExpectation } from "../model/wait-condition.ts";
import type { ConditionEntry, ReleaseEntry } from "./schema-release.ts";
import type { ShapedStack } from "./shaped-stack.ts";

/** How long a release may take when nothing says otherwise, as under helm. */
const DEFAULT_TIMEOUT = "5m";

/** How a release is waited for: what its `wait` says, else the stack's defaults. */
export function waitOptions({ defaults }: ShapedStack, wait: ReleaseEntry["wait"]): WaitOptions {
  const said = wait === false ? undefined : wait;
  const timeout = said?.timeout ?? defaults?.timeout ?? DEFAULT_TIMEOUT;
  return {
    enabled: wait !== false,
    timeoutMs: parseDuration(timeout) ?? 0,
    engine: said?.engine ?? "auto",
    for: (said?.for ?? []).map(waitCondition),
    ...(said?.giveUp && { giveUp: giveUpOverrides(said.giveUp) }),
  };
}

function giveUpOverrides(entries: Readonly<Record<string, string | undefined>>): GiveUpOverrides {
  return Object.fromEntries(
    Object.entries(entries).flatMap(([code, after]) =>
      after === undefined ? [] : [[code, after === "never" ? null : parseDuration(after)]],
    ),
  );
}

function waitCondition(entry: ConditionEntry): WaitCondition {
  const { apiVersion, kind, namespace = null, name, selector = {} } = entry;
  const select = name === undefined ? { labels: selector } : { name };
  return { apiVersion, kind, namespace, select, expect: expectation(entry) };
}

/** `Ready` stands for `Ready=True`, as under `kubectl wait --for=condition=`. */
function expectation({ condition, jsonPath = "", value }: ConditionEntry): WaitExpectation {
  if (condition === undefined) return { type: "jsonpath", path: jsonPath, value: value ?? null };
  const [type = "", status = "True"] = condition.split("=");
  return { type: "condition", condition: type, status };
}
