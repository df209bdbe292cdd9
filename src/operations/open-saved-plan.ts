import type { SavedPlan } from "../model/saved-plan.ts";
import { FlotillaError } from "../model/errors.ts";
import { parseSavedPlan } from "../plan/saved-plan-text.ts";
import { readRegularText } from "../runtime/files.ts";
import type { RunContext } from "../model/context.ts";
import { withoutSecrets } from "./without-secrets.ts";

/**
 * Reads a saved plan. Whether it still holds is for {@link renewPlan} to say.
 * @throws FlotillaError `plan-invalid`, PlanStaleError
 */
export const openSavedPlan = withoutSecrets(open);

async function open(file: string, _context: RunContext): Promise<SavedPlan> {
  let text: string | null;
  try {
    text = await readRegularText(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw missing(`The saved plan ${file} cannot be read: ${reason}.`, error);
  }
  if (text === null) throw missing(`There is no saved plan ${file}.`, null);
  return parseSavedPlan(text, file);
}

function missing(message: string, cause: unknown): FlotillaError {
  return new FlotillaError("plan-invalid", message, {
    hint: "Save one with `flotilla plan --save FILE`. To take only some releases: --only RELEASE.",
    cause,
  });
}
