import { FlotillaError } from "../model/errors.ts";
import { type HttpResponse, reasonOf } from "../runtime/http.ts";
import { abortError } from "../runtime/abort.ts";
import { ANSWER_LIMITS } from "./limits.ts";
import { shownUrl } from "./shown-url.ts";

const MEBIBYTE = 2 ** 20;
const LOGIN_ADVICE =
  "Log in with `helm registry login` or `docker login`, or ask for access; check the address for typing errors too.";

/** A number of bytes in words: `12 KiB`, `4 MiB`. */
function inBytes(bytes: number): string {
  return bytes >= MEBIBYTE ? `${Math.round(bytes / MEBIBYTE)} MiB` : `${Math.ceil(bytes / 1024)} KiB`;
}

/**
 * The body of an answer piece by piece, never more than `limit` bytes of it, and not for ever: a server that sends a byte
 * now and then is given up as well.
 * @throws FlotillaError `source-unreachable` when it breaks off, stalls, is larger or takes too long, `interrupted`
 */
export async function* answerChunks(
  response: HttpResponse,
  limit: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const where = shownUrl(response.url);
  const late = new FlotillaError(
    "source-unreachable",
    `${where} is too slow: its answer was not complete after ${ANSWER_LIMITS.durationMs / 60_000} minutes.`,
    { hint: "Try again, or name a source that is nearer." },
  );
  const timer = setTimeout(() => response.body.destroy(late), ANSWER_LIMITS.durationMs);
  let size = 0;
  try {
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size > limit) {
        throw new FlotillaError("source-unreachable", `${where} answers with more than ${inBytes(limit)}.`);
      }
      yield chunk;
    }
  } catch (error) {
    throw brokenOff(where, error, signal);
  } finally {
    clearTimeout(timer);
    response.body.destroy();
  }
}

/** The server was there: that its answer did not come to an end is another thing than not to reach it. */
function brokenOff(where: string, error: unknown, signal: AbortSignal): FlotillaError {
  if (signal.aborted) return abortError(signal);
  if (error instanceof FlotillaError) return error;
  return new FlotillaError("source-unreachable", `${where} did not arrive whole: ${reasonOf(error)}.`, {
    hint: "Try again. FLOTILLA_SOURCE_TIMEOUT=2m gives a server more time that falls silent in between.",
    cause: error,
  });
}

/**
 * The whole body of an answer, and never more than `limit` bytes of it.
 * @throws FlotillaError as {@link answerChunks}
 */
export async function readAnswer(response: HttpResponse, limit: number, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of answerChunks(response, limit, signal)) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Turns a status that is no success into an error and discards the body: it may be a page of any size.
 * @param what - what was asked for, with its address
 * @param advice - what to do when we are refused
 * @throws FlotillaError `source-denied` for 401 and 403, `chart-not-found` for 404 and 410, else `source-unreachable`
 */
export async function requireSuccess(
  response: HttpResponse,
  what: string,
  advice: string = LOGIN_ADVICE,
): Promise<void> {
  const { status } = response;
  if (status >= 200 && status < 300) {
    return;
  }
  await response.discard();
  if (status === 401 || status === 403) {
    throw new FlotillaError("source-denied", `${what} is refused to us (HTTP ${status}).`, {
      hint: advice,
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
