import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { ServerCertificate } from "./certificates.ts";

/** A real HTTPS server on 127.0.0.1. */
export interface SecureServer {
  readonly port: number;
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Starts an HTTPS server on a free port. */
export async function startSecureServer(
  certificate: ServerCertificate,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<SecureServer> {
  const server = createServer({ ...certificate }, handle);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `https://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
