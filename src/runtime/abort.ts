import { setMaxListeners } from "node:events";
import { FlotillaError } from "../model/errors.ts";

/**
 * Ends an operation that the user no longer wants.
 * @throws FlotillaError `interrupted`, or the signal's own reason when that is a FlotillaError (a deadline, say).
 */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortError(signal);
}

/** The error that an aborted signal stands for. */
export function abortError(signal: AbortSignal): FlotillaError {
  return signal.reason instanceof FlotillaError
    ? signal.reason
    : new FlotillaError("interrupted", "Interrupted.", { cause: signal.reason });
}

/** A signal that many parts of a run listen to: Node's warning of a leak is switched off for it. */
export function shared(signal: AbortSignal): AbortSignal {
  setMaxListeners(0, signal);
  return signal;
}

/** The longest that Node's timers can wait (24.8 days); told more, they fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** A signal with a deadline of its own. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Ends the watch over time and signal; to be called when the work is over. */
  readonly clear: () => void;
}

/** Adds a deadline of `ms` milliseconds to a signal; when it passes, the signal's reason is what `error` makes. */
export function withDeadline(signal: AbortSignal, ms: number, error: () => FlotillaError): Deadline {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(error()), Math.min(ms, LONGEST_MS));
  const forward = (): void => controller.abort(signal.reason);
  if (signal.aborted) forward();
  else signal.addEventListener("abort", forward, { once: true });
  const clear = (): void => {
    clearTimeout(timer);
    signal.removeEventListener("abort", forward);
  };
  return { signal: shared(controller.signal), clear };
}

/**
 * Waits `ms` milliseconds, or until the signal aborts.
 * @throws FlotillaError `interrupted` or the signal's reason.
 */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(abortError(signal));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
