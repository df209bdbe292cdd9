import type { ClusterTarget } from "./cluster-target.ts";
import type { RequestLimits } from "./exchange.ts";
import { HttpKubeClient } from "./http-kube-client.ts";
import type { KubeClient } from "./kube-client.ts";
import { Transport } from "./transport.ts";

/** How a client is made. */
export interface ConnectOptions {
  /** Ends the reading of credentials; a credential plugin may take its time. */
  readonly signal?: AbortSignal;
  /** Bounds of every request; 10 s to connect and 30 s to answer by default. */
  readonly limits?: RequestLimits;
}

const LIMITS: RequestLimits = { connectMs: 10_000, responseMs: 30_000 };

/**
 * A client for a cluster. Reads credentials; the cluster itself is first asked by the first call.
 * @throws FlotillaError `context-unknown`, `cluster-unauthorized`, `interrupted`
 */
export async function connect(target: ClusterTarget, options: ConnectOptions = {}): Promise<KubeClient> {
  const signal = options.signal ?? new AbortController().signal;
  return new HttpKubeClient(await Transport.open(target, options.limits ?? LIMITS, signal));
}
