import { type ClientRequest, type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { JsonValue } from "../model/json.ts";
import type { RequestPurpose } from "./api-error.ts";
import type { ClusterAccess } from "./credentials.ts";
import { RequestTimeout } from "./network-error.ts";

/** One request to the API server. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path and query, below the server's base URL. */
  readonly path: string;
  /** For messages. */
  readonly purpose: RequestPurpose;
  /** `application/json` by default. */
  readonly accept?: string;
  readonly body?: JsonValue;
  /** `application/json` by default. */
  readonly contentType?: string;
}

/** Bounds of one request, in milliseconds. */
export interface RequestLimits {
  /** Until a connection stands, TLS included. */
  readonly connectMs: number;
  /** From then until the answer begins; and between two pieces of it, watches excepted. */
  readonly responseMs: number;
}

/**
 * Sends one request, once.
 * @returns the answer as soon as its headers are there, whatever its status; its body must be read or destroyed
 * @throws what Node throws; {@link RequestTimeout} when a limit passes
 */
export function exchange(
  access: ClusterAccess,
  request: ApiRequest,
  limits: RequestLimits,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { server } = access;
    const body = request.body === undefined ? null : JSON.stringify(request.body);
    const outgoing = (server.protocol === "https:" ? httpsRequest : httpRequest)({
      protocol: server.protocol,
      hostname: server.hostname.replace(/^\[|\]$/g, ""),
      port: server.port,
      path: server.pathname.replace(/\/$/, "") + request.path,
      method: request.method,
      agent: access.agent,
      auth: access.auth,
      signal,
      headers: {
        ...access.headers,
        "user-agent": "flotilla",
        accept: request.accept ?? "application/json",
        "accept-encoding": "gzip",
        ...(body !== null && {
          "content-type": request.contentType ?? "application/json",
          "content-length": Buffer.byteLength(body),
        }),
      },
    });
    const stopTimer = boundTime(outgoing, server.protocol === "https:", limits);
    outgoing.once("response", (response) => {
      stopTimer();
      resolve(response);
    });
    // Not once: a cut in the middle of the answer is told here as well.
    outgoing.on("error", (error) => {
      stopTimer();
      reject(error);
    });
    outgoing.end(body);
  });
}

/** Ends the request when it has no connection, or later no answer, in time; gives what stops the clock. */
function boundTime(outgoing: ClientRequest, secure: boolean, limits: RequestLimits): () => void {
  const after = (ms: number, what: string): NodeJS.Timeout =>
    setTimeout(() => outgoing.destroy(new RequestTimeout(`${what} within ${ms / 1000} s`)), ms);
  let timer = after(limits.connectMs, "no connection");
  const connected = (): void => {
    clearTimeout(timer);
    timer = after(limits.responseMs, "no answer");
  };
  outgoing.once("socket", (socket) => {
    if (outgoing.reusedSocket || (!secure && !socket.connecting)) connected();
    else socket.once(secure ? "secureConnect" : "connect", connected);
  });
  return () => clearTimeout(timer);
}
