import type { FlotillaError } from "../model/errors.ts";

/**
 * The release hosts that did not answer: the next tool from there need not wait for them again. Lives as long as one
 * call of `ensureTools`.
 */
export class UnreachableHosts {
  readonly #errors = new Map<string, FlotillaError>();

  /** The error of an earlier attempt at a URL's host; null when there was none. */
  earlierError(url: string): FlotillaError | null {
    return this.#errors.get(new URL(url).host) ?? null;
  }

  /** Remembers that a URL's host does not answer. */
  remember(url: string, error: FlotillaError): void {
    this.#errors.set(new URL(url).host, error);
  }
}
