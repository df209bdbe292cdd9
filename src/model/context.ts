import type { RunEvent } from "./events.ts";

/** What every operation gets from its caller: how to be stopped, and whom to tell. Operations never print. */
export interface RunContext {
  /** Aborted when the user wants out; operations then end with a FlotillaError `interrupted`. */
  readonly signal: AbortSignal;
  /** Takes typed events; must not throw. */
  readonly emit: (event: RunEvent) => void;
}
