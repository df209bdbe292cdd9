import type { PlanChoices } from "../../model/saved-plan.ts";
import { FlotillaError } from "../../model/errors.ts";
import { holdsSecret } from "../../operations/secret-assignment.ts";
import { MASK } from "../../runtime/redact.ts";
import type { GlobalOptions } from "../options.ts";

/** The flags that say what a plan may do. */
export interface ChoiceFlags {
  readonly set?: readonly string[];
  readonly prune?: boolean;
  readonly adopt?: boolean;
  readonly takeOver?: boolean;
  readonly forceConflicts?: readonly string[];
}

/** What flags ask of a plan. */
export function choicesOf(flags: ChoiceFlags, { only = [], withNeeds = false }: GlobalOptions): PlanChoices {
  const { set = [], prune = false, adopt = false, takeOver = false, forceConflicts = [] } = flags;
  return { only, withNeeds, prune, adopt, takeOver, forceConflicts, set };
}

/** Each choice as its flag. */
const FLAGS: Readonly<Record<keyof PlanChoices, string>> = {
  only: "--only",
  withNeeds: "--with-needs",
  prune: "--prune",
  adopt: "--adopt",
  takeOver: "--take-over",
  forceConflicts: "--force-conflicts",
  set: "--set",
};

/** Choices as the flags that make them, for people to see: a secret that stands in one is masked. */
export function choiceWords(choices: PlanChoices): string[] {
  return (Object.entries(FLAGS) as [keyof PlanChoices, string][]).flatMap(([choice, flag]) => {
    const made = choices[choice];
    if (typeof made === "boolean") return made ? [flag] : [];
    return made.flatMap((value) => [flag, choice === "set" ? shownAssignment(value) : value]);
  });
}

/** Not left to the net below all output: that knows no short secrets, nor any that was quoted for a shell. */
function shownAssignment(assignment: string): string {
  return holdsSecret(assignment) ? `${assignment.split("=")[0]}=${MASK}` : assignment;
}

/**
 * A saved plan has made its choices: one that is asked for beside it and is another would change what it does.
 * @throws FlotillaError `usage`
 */
export function refuseOtherChoices(saved: PlanChoices, asked: PlanChoices): void {
  for (const [choice, flag] of Object.entries(FLAGS) as [keyof PlanChoices, string][]) {
    const [is, wish] = [saved[choice], asked[choice]];
    const isAsked = Array.isArray(wish) ? wish.length > 0 : wish === true;
    if (!isAsked || String(is) === String(wish)) continue;
    throw new FlotillaError("usage", `${flag} has no place beside a saved plan: what it does was settled with it.`, {
      hint: `Leave out ${flag}, or plan anew with it: \`flotilla plan ${flag} … --save FILE\`.`,
    });
  }
}
