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
  const timer = setTimeout(stalled, stallMs);
  response.on("data", () => timer.refresh());
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of decoded(response)) chunks.push(chunk);
    return Buffer.concat(chunks).toString("utf8");
  } finally {
    clearTimeout(timer);
  }
}

/** The bytes of an answer, unpacked when they come packed. */
export function decoded(response: IncomingMessage): AsyncIterable<Buffer> {
  if (response.headers["content-encoding"] !== "gzip") return bytes(response);
  const unpacked = createGunzip();
  response.once("error", (error) => unpacked.destroy(error));
  return bytes(response.pipe(unpacked));
}

/** A stream without an encoding gives Buffers; its type does not say so. */
function bytes(stream: Readable): AsyncIterable<Buffer> {
  return stream as AsyncIterable<Buffer>;
}
