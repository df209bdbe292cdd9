import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";
import { abortError } from "../runtime/abort.ts";
import type { Dial } from "./dial.ts";
import { networkFault } from "./network-fault.ts";
import { ProbeFault } from "./probe-fault.ts";
import { certificateFault, handshakeFault, type TlsSettings } from "./tls-fault.ts";

/** Milliseconds for a handshake. */
const HANDSHAKE_MS = 10_000;

/**
 * Opens a connection and makes it a TLS one: chain, dates and host name are checked as the settings say.
 * @param target `HOST:PORT`, for messages
 * @throws ProbeFault
 */
export async function openTls(
  dial: Dial,
  settings: TlsSettings,
  target: string,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const socket = await dial(signal).catch((error: unknown) => {
    throw signal.aborted ? abortError(signal) : networkFault(error, target);
  });
  return new Promise((resolve, reject) => {
    const secure = connectTls({ ...tlsOptions(settings), socket });
    const timer = setTimeout(() => {
      const hint = "Look whether this port speaks TLS at all.";
      fail(new ProbeFault("no-answer", `${target} does not answer to a TLS handshake.`, hint, { mayPass: true }));
    }, HANDSHAKE_MS);
    const abort = (): void => fail(abortError(signal));
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    };
    const fail = (error: Error): void => {
      settle();
      secure.destroy();
      socket.destroy();
      reject(error);
    };
    // What breaks the connection below is told on the socket, before TLS notices that it is gone.
    socket.on("error", (error) => fail(handshakeFault(error, settings, target)));
    secure.on("error", (error) => fail(handshakeFault(error, settings, target)));
    secure.once("secureConnect", () => {
      const fault = certificateFault(secure, settings, target);
      if (fault !== null) return fail(fault);
      settle();
      resolve(secure);
    });
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}

function tlsOptions({ host, sni, ca, client }: TlsSettings): ConnectionOptions {
  return {
    // An empty name sends none.
    servername: sni && host !== null ? host : "",
    ...(ca !== null && { ca: ca === "" ? [] : ca }),
    // We refuse ourselves: Node has forgotten the certificate by the time it tells that it refused it.
    rejectUnauthorized: false,
    ...(client !== null && { cert: client.cert, key: client.key }),
  };
}
