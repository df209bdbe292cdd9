import { FlotillaError } from "../model/errors.ts";
import { shared } from "../runtime/abort.ts";
import { EXIT } from "./exit-codes.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The user's wish to stop. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Gives the signals back to Node. */
  readonly dispose: () => void;
}

/**
 * Turns the first Ctrl-C (or SIGTERM, SIGHUP) into an abort, so that what goes on can end in order; the second one ends
 * the process at once, and helm with it.
 */
export function onInterrupt(): Interrupt {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort(
      new FlotillaError("interrupted", `Interrupted by ${name}.`, {
        hint: "Run the same command again: it goes on where this one stopped.",
      }),
    );
  };
  for (const name of SIGNALS) process.on(name, stop);
  const dispose = (): void => {
    for (const name of SIGNALS) process.off(name, stop);
  };
  return { signal: shared(controller.signal), dispose };
}
