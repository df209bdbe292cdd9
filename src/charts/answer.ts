import { FlotillaError } from "../model/errors.ts";
import { networkError, type HttpResponse } from "../runtime/http.ts";
import { shownUrl } from "./shown-url.ts";

/**
 * The whole body of an answer, and never more than `limit` bytes of it.
 * @throws FlotillaError `source-unreachable` when it breaks off, stalls or is larger, `interrupted`
 */
export async function readAnswer(response: HttpResponse, limit: number, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size > limit) {
        throw new FlotillaError(
          "source-unreachable",
          `${shownUrl(response.url)} answers with more than ${limit / 2 ** 20} MiB.`,
        );
      }
      chunks.push(chunk);
    }
  } catch (error) {
    throw networkError(response.url, error, signal);
  }
  return Buffer.concat(chunks);
}

/**
 * Turns a status that is no success into an error and discards the body: it may be a page of any size.
 * @param what - what was asked for, with its address
 * @throws FlotillaError `source-denied` for 401 and 403, `chart-not-found` for 404 and 410, else `source-unreachable`
 */
export async function requireSuccess(response: HttpResponse, what: string): Promise<void> {
  const { status } = response;
  if (status >= 200 && status < 300) {
    return;
  }
  await response.discard();
  if (status === 401 || status === 403) {
    throw new FlotillaError("source-denied", `${what} is refused to us (HTTP ${status}).`, {
      hint: "Log in with `helm registry login` or `docker login`, or ask for access; check the address for typing errors too.",
    });
  }
  if (status === 404 || status === 410) {
    throw new FlotillaError("chart-not-found", `${what} does not exist (HTTP ${status}).`, {
      hint: "Check the address.",
    });
  }
  throw new FlotillaError("source-unreachable", `${what} cannot be had: the server answers with HTTP ${status}.`, {
    hint:
      status === 429
        ? "The server limits requests: wait a while, or log in."
        : "Try again; if it stays so, ask those who run the server.",
  });
}
