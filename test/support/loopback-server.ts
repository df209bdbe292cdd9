import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { ServerCertificate } from "./certificates.ts";

/** A real HTTP or HTTPS server on 127.0.0.1. */
export interface LoopbackServer {
  /** `http://127.0.0.1:PORT`, or `https:` with a certificate. */
  readonly url: string;
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** Every request so far: method and path with query. */
  readonly requests: readonly string[];
  /** `Authorization` of every request so far; undefined for requests without. */
  readonly logins: readonly (string | undefined)[];
  readonly close: () => Promise<void>;
}

/** How a server misbehaves: breaks the connection in the middle of the body, or falls silent there. */
export type Fault = "cut" | "stall";

/** Starts a server on a free port. */
export async function startLoopbackServer(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  certificate: ServerCertificate | null = null,
): Promise<LoopbackServer> {
  const requests: string[] = [];
  const logins: (string | undefined)[] = [];
  const listen = (request: IncomingMessage, response: ServerResponse): void => {
    requests.push(`${request.method ?? ""} ${request.url ?? ""}`);
    logins.push(request.headers.authorization);
    handle(request, response);
  };
  const server = certificate === null ? createServer(listen) : createSecureServer({ ...certificate }, listen);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `${certificate === null ? "http" : "https"}://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    requests,
    logins,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Sends a body, or its first half and then the fault. */
export function sendBody(response: ServerResponse, body: Buffer, fault: Fault | null): void {
  response.setHeader("content-length", body.byteLength);
  if (fault === null) {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, Math.floor(body.byteLength / 2)), () => {
    if (fault === "cut") {
      response.destroy();
    }
  });
}
