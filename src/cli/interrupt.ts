import { FlotillaError } from "../model/errors.ts";
import { shared } from "../runtime/abort.ts";
import { EXIT } from "./exit-codes.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** One Ctrl-C arrives more than once: the terminal sends it to the whole group, npm and npx send it on. In milliseconds. */
const ECHO_MS = 1_000;

/** The user's wish to stop. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Gives the signals back to Node. */
  readonly dispose: () => void;
}

/**
 * Turns the first Ctrl-C (or SIGTERM, SIGHUP) into an abort, so that what goes on can end in order. What comes within
 * a second is taken for the same one; a later one ends the process at once, and helm with it.
 */
export function onInterrupt(): Interrupt {
  const controller = new AbortController();
  let firstAt = 0;
  const stop = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      if (performance.now() - firstAt >= ECHO_MS) process.exit(EXIT.interrupted);
      return;
    }
    firstAt = performance.now();
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
