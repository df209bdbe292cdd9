import type { Duplex } from "node:stream";
import { abortError } from "../runtime/abort.ts";
import type { Dial } from "./dial.ts";
import { networkFault } from "./network-fault.ts";
import { openTls } from "./tls-session.ts";

/** What the probes of one smoke test share: the way there, and what was read for it. */
export interface Session {
  readonly dial: Dial;
  /** `HOST:PORT`, for messages. */
  readonly target: string;
  /** Null: no name is checked. */
  readonly host: string | null;
  readonly tls: boolean;
  /** PEM; null: the usual authorities. */
  readonly ca: string | null;
  readonly client: { readonly cert: string; readonly key: string } | null;
  /** `user:password`; null: nobody logs in. */
  readonly auth: string | null;
}

/** A connection as the test says: with TLS, or plain. @throws ProbeFault */
export async function openConnection(
  { dial, target, host, tls, ca, client }: Session,
  { sni }: { readonly sni: boolean },
  signal: AbortSignal,
): Promise<Duplex> {
  return tls ? openTls(dial, { host, sni, ca, client }, target, signal) : openPlain(dial, target, signal);
}

/** A plain connection. @throws ProbeFault */
export async function openPlain(dial: Dial, target: string, signal: AbortSignal): Promise<Duplex> {
  return dial(signal).catch((error: unknown) => {
    throw signal.aborted ? abortError(signal) : networkFault(error, target);
  });
}
