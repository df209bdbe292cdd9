import { asList, asObject, type JsonObject, type JsonValue } from "../model/json.ts";
import type { Step } from "../model/plan.ts";
import type { PlanDifference } from "../model/saved-plan.ts";
import { canonicalJson } from "./canonical-json.ts";

/** For people only. */
const WORDS: ReadonlySet<string> = new Set(["reason"]);

/** Lists of objects that a step touches: what is done to which counts, how it looks in detail does not. */
const OBJECTS: ReadonlySet<string> = new Set(["changes", "drift"]);

/** What of a touched object is only shown: values that are generated are others each time. */
const SHOWN: ReadonlySet<string> = new Set(["diff", "loses"]);

/** Where what would be done now is not what a saved plan says, step by step; empty when it is the same. */
export function compareSteps(saved: readonly Step[], now: readonly Step[]): readonly PlanDifference[] {
  const [before, after] = [byId(saved), byId(now)];
  const ids = [...new Set([...before.keys(), ...after.keys()])];
  return ids.flatMap((id) => {
    const [then, today] = [before.get(id), after.get(id)];
    if (then === undefined || today === undefined) {
      return [{ code: "step" as const, subject: id, saved: actionText(then), now: actionText(today) }];
    }
    const fields = [...new Set([...Object.keys(then), ...Object.keys(today)])].filter((field) => !WORDS.has(field));
    return fields.flatMap((field) => {
      const [one, other] = [comparable(field, then[field]), comparable(field, today[field])];
      if (one === other) return [];
      const subject = field === "action" ? id : `${id}: ${field}`;
      return [{ code: "step" as const, subject, saved: shown(one), now: shown(other) }];
    });
  });
}

function byId(steps: readonly Step[]): ReadonlyMap<string, JsonObject> {
  // Steps are plain data; what comes out of a file is taken as it is.
  return new Map(steps.map((step) => [step.id, step as unknown as JsonObject]));
}

function comparable(field: string, value: JsonValue | undefined): string {
  if (!OBJECTS.has(field)) return canonicalJson(value);
  const objects = asList(value).map((each) =>
    canonicalJson(Object.fromEntries(Object.entries(asObject(each)).filter(([key]) => !SHOWN.has(key)))),
  );
  return canonicalJson(objects.toSorted());
}

function actionText(step: JsonObject | undefined): string {
  return step === undefined ? "no such step" : String(step["action"]);
}

/** Longest value that is told whole, in characters. */
const LONGEST = 120;

function shown(json: string): string {
  const text = json.replace(/^"(.*)"$/, "$1");
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}
