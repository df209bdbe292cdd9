import { FlotillaError } from "../model/errors.ts";
import type { Plan } from "../model/plan.ts";
import { objectText } from "./drift-reader.ts";

/** So many objects are named in the message; all of them stand in the plan. */
const NAMED = 10;

/**
 * Refuses a plan that loses data, replaces objects or takes away what others use, unless that was said to be wanted.
 * @throws FlotillaError `destructive-change`, each object with what is lost
 */
export function refuseDestructive({ steps }: Plan, allowDestructive: boolean): void {
  if (allowDestructive) return;
  const losses = steps.flatMap((step) =>
    step.kind !== "release"
      ? []
      : step.changes
          .filter(({ destructive }) => destructive)
          .map((object) => `${step.release}: ${objectText(object)} loses ${object.loses ?? "something"}`),
  );
  if (losses.length === 0) return;
  const more = losses.length > NAMED ? [`and ${losses.length - NAMED} more`] : [];
  const list = [...losses.slice(0, NAMED), ...more].map((line) => `\n  ${line}`).join("");
  throw new FlotillaError("destructive-change", `The plan takes something away for good:${list}`, {
    hint: "Nothing was changed. `flotilla plan -v` shows all of it; `flotilla up --allow-destructive` does it all the same.",
  });
}
