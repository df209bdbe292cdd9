import type { FlotillaError } from "../model/errors.ts";
import type { RunState } from "./run-state.ts";

/** Gives a warning, unless the run has given it already. */
export function warnOnce(
  { told, context }: Pick<RunState, "told" | "context">,
  message: string,
  hint: string | null,
): void {
  if (told.has(message)) return;
  told.add(message);
  context.emit({ type: "notice", level: "warning", message, hint });
}

/** Warns, once each, of kinds that may not be read: what is made of them is not waited for. */
export function forbiddenWarner(run: Pick<RunState, "told" | "context">): (error: FlotillaError) => void {
  return ({ message }) =>
    warnOnce(
      run,
      `${message} So it is not waited for.`,
      "docs/permissions.md says which rights flotilla needs, and what it does without each.",
    );
}
