import type { ProbeCode } from "../model/verify-report.ts";
import { ProbeFault } from "./probe-fault.ts";

/** What a fault of the network means: a code, and its message after "HOST:PORT". */
type Meaning = readonly [code: ProbeCode, message: string, hint: string];

const NOBODY_LISTENS = "Look whether the pods run and something opens this port (for Istio: a Gateway).";
const ON_THE_WAY = "Look at firewalls, VPN and the load balancer itself; `--via port-forward` goes around them.";

/** Codes of Node's sockets. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: ["connection-refused", "refuses connections: nothing listens there", NOBODY_LISTENS],
  ECONNRESET: ["connection-cut", "cut the connection", NOBODY_LISTENS],
  EPIPE: ["connection-cut", "cut the connection", NOBODY_LISTENS],
  ETIMEDOUT: ["no-answer", "does not answer", ON_THE_WAY],
  EHOSTUNREACH: ["no-answer", "cannot be reached: there is no route to it", ON_THE_WAY],
  ENETUNREACH: ["no-answer", "cannot be reached: there is no route to its network", ON_THE_WAY],
  ENOTFOUND: ["no-answer", "has a name that nobody knows", ON_THE_WAY],
  EAI_AGAIN: ["no-answer", "has a name that cannot be looked up now", ON_THE_WAY],
};

/** What Node says of a socket that ends before TLS stands (lib/_tls_wrap.js), and kubelets of a forwarded port. */
const TEXTS: readonly (readonly [RegExp, keyof typeof MEANINGS])[] = [
  [/connection refused/i, "ECONNREFUSED"],
  [/before secure TLS connection|connection reset|socket hang up/i, "ECONNRESET"],
];

/**
 * The typed fault for whatever a connection failed with. All of these may pass: gateways start to listen a moment after
 * the cluster knows that they should.
 * @param target `HOST:PORT`, for the message
 */
export function networkFault(error: unknown, target: string): ProbeFault {
  if (error instanceof ProbeFault) return error;
  // Several addresses of one name: the last one tried tells as much as the others.
  if (error instanceof AggregateError && error.errors.length > 0) return networkFault(error.errors.at(-1), target);
  const text = error instanceof Error ? error.message : String(error);
  const known = MEANINGS[codeOf(error)] ?? MEANINGS[TEXTS.find(([pattern]) => pattern.test(text))?.[1] ?? ""];
  if (known === undefined) return new ProbeFault("failed", `${target}: ${text}.`, NOBODY_LISTENS, { cause: error });
  const [code, message, hint] = known;
  return new ProbeFault(code, `${target} ${message}.`, hint, { mayPass: true, cause: error });
}

/** Node's code of an error, such as `ECONNRESET`; empty when it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
