import { setMaxListeners } from "node:events";
import { FlotillaError } from "../model/errors.ts";

/**
 * Ends an operation that the user no longer wants.
 * @throws FlotillaError `interrupted`, `timeout` of an `AbortSignal.timeout`, or the signal's own reason when that is a
 * FlotillaError (a deadline, say).
 */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortError(signal);
}

/** The error that an aborted signal stands for: the user's wish, unless its reason says otherwise. */
export function abortError({ reason }: AbortSignal): FlotillaError {
  if (reason instanceof FlotillaError) return reason;
  // As `AbortSignal.timeout` gives it: nobody has interrupted anything.
  if (reason instanceof DOMException && reason.name === "TimeoutError") {
    return new FlotillaError("timeout", "It was not done in time.", { cause: reason });
  }
  return new FlotillaError("interrupted", "Interrupted.", { cause: reason });
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
  /** Milliseconds that are left; 0 when it has passed. */
  readonly remainingMs: () => number;
  /** Stops the clock until what it returns is called; several may stop it at once. */
  readonly pause: () => () => void;
  /** Ends the watch over time and signal; to be called when the work is over. */
  readonly clear: () => void;
}

/** Adds a deadline of `ms` milliseconds to a signal; when it passes, the signal's reason is what `error` makes. */
export function withDeadline(signal: AbortSignal, ms: number, error: () => FlotillaError): Deadline {
  const controller = new AbortController();
  let left = ms;
  let runningSince = performance.now();
  let pauses = 0;
  const start = (): NodeJS.Timeout => setTimeout(() => controller.abort(error()), Math.min(left, LONGEST_MS));
  let timer = start();
  const remainingMs = (): number => {
    // Timers may fire a fraction of a millisecond early.
    if (controller.signal.aborted) return 0;
    return Math.max(0, pauses > 0 ? left : left - (performance.now() - runningSince));
  };
  const pause = (): (() => void) => {
    left = remainingMs();
    pauses += 1;
    clearTimeout(timer);
    let paused = true;
    return () => {
      if (!paused) return;
      paused = false;
      pauses -= 1;
      if (pauses > 0 || controller.signal.aborted) return;
      runningSince = performance.now();
      timer = start();
    };
  };
  const forward = (): void => controller.abort(signal.reason);
  if (signal.aborted) forward();
  else signal.addEventListener("abort", forward, { once: true });
  const clear = (): void => {
    // Nothing that is let go on later starts the clock again.
    pauses = Number.POSITIVE_INFINITY;
    clearTimeout(timer);
    signal.removeEventListener("abort", forward);
  };
  return { signal: shared(controller.signal), remainingMs, pause, clear };
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

/**
 * Waits for work that others may wait for as well: an abort ends this waiting, not the work.
 * @throws FlotillaError `interrupted` or the signal's reason; what the work throws
 */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(abortError(signal));
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
