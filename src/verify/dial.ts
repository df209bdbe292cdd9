import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { abortError } from "../runtime/abort.ts";
import { ProbeFault } from "./probe-fault.ts";

/** Opens one connection to what is tested, plain: over the network, or through a forwarded port. */
export type Dial = (signal: AbortSignal) => Promise<Duplex>;

/** Milliseconds after which an address that says nothing counts as not to be reached. */
const CONNECT_MS = 5_000;

/** Connections to an address. @throws what Node throws; ProbeFault `no-answer` after five seconds of silence */
export function dialAddress(host: string, port: number): Dial {
  return (signal) =>
    new Promise((resolve, reject) => {
      const socket = connect({ host, port, noDelay: true });
      const end = (error: Error): void => {
        socket.destroy();
        reject(error);
      };
      const abort = (): void => end(abortError(signal));
      const silence = setTimeout(() => {
        const hint = "Look at firewalls, VPN and the load balancer itself; `--via port-forward` goes around them.";
        end(new ProbeFault("no-answer", `${host}:${port} does not answer.`, hint, { mayPass: true }));
      }, CONNECT_MS);
      const settle = (): void => {
        clearTimeout(silence);
        signal.removeEventListener("abort", abort);
      };
      if (signal.aborted) abort();
      else signal.addEventListener("abort", abort, { once: true });
      socket.once("close", settle);
      socket.once("error", (error) => {
        settle();
        reject(error);
      });
      socket.once("connect", () => {
        settle();
        resolve(socket);
      });
    });
}
