import { createHash } from "node:crypto";
import { FlotillaError, PlanStaleError } from "../model/errors.ts";
import { asList, asObject, type JsonObject, type JsonValue } from "../model/json.ts";
import type { SavedPlan } from "../model/saved-plan.ts";
import { canonicalJson } from "./canonical-json.ts";

const KIND = "flotilla-plan";
const FORMAT = 1;

/** The text of a saved plan's file: JSON for people, with a checksum over all of it. Ends with a line break. */
export function formatSavedPlan(saved: SavedPlan): string {
  // What is not there is not written either, so that the checksum is that of what will be read.
  const content = JSON.parse(JSON.stringify(saved)) as JsonObject;
  return `${JSON.stringify({ ...content, checksum: checksumOf(content) }, null, 2)}\n`;
}

/**
 * Reads a saved plan back. The checksum tells a file that was cut off or edited; it is no signature: what `up` does is what
 * it plans anew, and only if that is what the file says.
 * @param file as the user would name it
 * @throws FlotillaError `plan-invalid` for what is no saved plan, or not as it was written; PlanStaleError for one of another
 * format
 */
export function parseSavedPlan(text: string, file: string): SavedPlan {
  const parsed = asObject(parseJson(text, file));
  const { checksum, ...content } = parsed;
  if (content["kind"] !== KIND) {
    const isOutput = Array.isArray(content["steps"]);
    throw invalid(
      file,
      isOutput ? "is what `plan -o json` printed, not a saved plan" : "is no saved plan of flotilla's",
    );
  }
  if (content["format"] !== FORMAT) {
    const written = `format ${shown(content["format"])} (flotilla ${shown(content["flotilla"])})`;
    const difference = { code: "format", subject: file, saved: written, now: `format ${FORMAT}` } as const;
    throw new PlanStaleError(`${file} was saved by another version of flotilla.`, [difference]);
  }
  if (checksum !== checksumOf(content) || !isSavedPlan(content)) {
    throw invalid(file, "is not as flotilla has written it: its checksum does not fit");
  }
  return content;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(file, text.trimStart().startsWith("{") ? "is not whole: it ends in the middle" : "is no saved plan");
  }
}

/** Whoever makes a checksum fit can still not make us trip over a shape. */
function isSavedPlan(content: JsonObject): content is JsonObject & SavedPlan {
  const { choices, binding, plan, stackFile } = content;
  const { only, set } = asObject(choices);
  const { releases, cluster, kubernetesVersion } = asObject(binding);
  const { steps, stack, environment, context } = asObject(plan);
  const texts = [stackFile, kubernetesVersion, stack, environment, context, ...asList(only), ...asList(set)];
  const ids = [...asList(releases).map((each) => asObject(each)["release"]), ...asList(steps).map(idOf)];
  return (
    Array.isArray(only) &&
    Array.isArray(set) &&
    Array.isArray(releases) &&
    Array.isArray(steps) &&
    typeof asObject(cluster)["server"] === "string" &&
    [...texts, ...ids].every((text) => typeof text === "string")
  );
}

function idOf(step: JsonValue): JsonValue | undefined {
  return asObject(step)["id"];
}

function shown(value: JsonValue | undefined): string {
  return typeof value === "number" || typeof value === "string" ? String(value) : "unknown";
}

function checksumOf(content: JsonObject): string {
  return `sha256:${createHash("sha256").update(canonicalJson(content)).digest("hex")}`;
}

function invalid(file: string, what: string): FlotillaError {
  return new FlotillaError("plan-invalid", `${file} ${what}.`, {
    hint: "Save a plan with `flotilla plan --save FILE`; a saved plan is not to be edited.",
  });
}
