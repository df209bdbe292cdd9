import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { RequestTimeout } from "./network-error.ts";

/**
 * The text of an answer.
 * @param stallMs milliseconds that may pass without a byte
 * @throws what the connection throws; RequestTimeout when it stalls
 */
export async function readBody(response: IncomingMessage, stallMs: number): Promise<string> {
  const stalled = (): void => void response.destroy(new RequestTimeout(`the answer stalled for ${stallMs / 1000} s`));
  const chunks: Buffer[] = [];
  for await (const chunk of chunksOf(response, stallMs, stalled)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** The bytes of an answer, unpacked when they come packed; `onStall` is called when none came for `stallMs`. */
export async function* chunksOf(
  response: IncomingMessage,
  stallMs: number,
  onStall: () => void,
): AsyncGenerator<Buffer> {
  const timer = setTimeout(onStall, stallMs);
  try {
    for await (const chunk of decoded(response)) {
      timer.refresh();
      yield chunk;
    }
  } finally {
    clearTimeout(timer);
  }
}

function decoded(response: IncomingMessage): AsyncIterable<Buffer> {
  if (response.headers["content-encoding"] !== "gzip") return bytes(response);
  const unpacked = createGunzip();
  response.once("error", (error) => unpacked.destroy(error));
  return bytes(response.pipe(unpacked));
}

/** A stream without an encoding gives Buffers; its type does not say so. */
function bytes(stream: Readable): AsyncIterable<Buffer> {
  return stream as AsyncIterable<Buffer>;
}
