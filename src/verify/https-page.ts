import { type IncomingMessage, request } from "node:http";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { abortError } from "../runtime/abort.ts";
import { networkFault } from "./network-fault.ts";
import { ProbeFault } from "./probe-fault.ts";
import { alertFault } from "./tls-fault.ts";

/** What is asked for over a connection that stands. */
export interface PageRequest {
  readonly host: string;
  readonly path: string;
  /** `user:password`; null: nobody logs in. */
  readonly auth: string | null;
}

/** What came back. */
export interface PageAnswer {
  readonly status: number;
  /** The first line of a plain text, shortened: gateways say there what they miss. Null for pages of another kind. */
  readonly text: string | null;
}

/** Milliseconds for an answer. */
const ANSWER_MS = 15_000;

/** Bytes of an answer that are looked at. */
const LOOKED_AT = 2_000;

/**
 * Asks for a page once, and ends the connection.
 * @param target `HOST:PORT`, for messages
 * @throws ProbeFault when no answer comes
 */
export function getPage(
  connection: TLSSocket | Duplex,
  { host, path, auth }: PageRequest,
  target: string,
  signal: AbortSignal,
): Promise<PageAnswer> {
  let silence: NodeJS.Timeout | undefined;
  const asked = new Promise<PageAnswer>((resolve, reject) => {
    const call = request({
      createConnection: () => connection,
      path,
      headers: { host, "user-agent": "flotilla", accept: "*/*", connection: "close" },
      ...(auth !== null && { auth }),
      signal,
    });
    // Not the request's own: streams that are no sockets (a forwarded port) know no time-out.
    silence = setTimeout(() => {
      const hint = "Look at the gateway's log, and at what stands behind it.";
      call.destroy(new ProbeFault("no-answer", `${target} does not answer to GET ${path}.`, hint, { mayPass: true }));
    }, ANSWER_MS);
    const fail = (error: Error): void => reject(signal.aborted ? abortError(signal) : pageFault(error, target));
    // What breaks off in the middle of the answer is told by that alone.
    call.once("response", (response) => void readAnswer(response).then(resolve, fail));
    call.on("error", fail);
    call.end();
  });
  return asked.finally(() => {
    clearTimeout(silence);
    connection.destroy();
  });
}

async function readAnswer(response: IncomingMessage): Promise<PageAnswer> {
  let body = "";
  for await (const chunk of response) {
    body += (chunk as Buffer).toString("latin1");
    if (body.length > LOOKED_AT) break;
  }
  const isText = response.headers["content-type"]?.startsWith("text/plain") ?? false;
  const line = body.split("\n")[0]?.trim().slice(0, 160) ?? "";
  return { status: response.statusCode ?? 0, text: isText && line !== "" ? line : null };
}

function pageFault(error: Error, target: string): ProbeFault {
  if (error instanceof ProbeFault) return error;
  return alertFault(error, target) ?? networkFault(error, target);
}
