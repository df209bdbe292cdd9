import type { IncomingMessage } from "node:http";
import { abortError, pause, throwIfAborted, unlessAborted } from "../runtime/abort.ts";
import { apiError } from "./api-error.ts";
import { backOff } from "./back-off.ts";
import type { ClusterTarget } from "./cluster-target.ts";
import { type ClusterAccess, loadAccess } from "./credentials.ts";
import { type ApiRequest, exchange, type RequestLimits } from "./exchange.ts";
import { isConnectionCut, unreachable } from "./network-error.ts";
import { readBody } from "./response-body.ts";

/**
 * How often a request is sent again at most: reads after a cut connection, anything after "too many requests" or another
 * refusal that says when to come back (as client-go does).
 */
const RETRIES = 3;

/** Milliseconds before they end at which credentials are renewed. */
const EXPIRY_MARGIN_MS = 10_000;

/** Requests to one cluster: credentials, kept connections, bounded times, retries, typed errors. */
export class Transport {
  readonly #target: ClusterTarget;
  readonly #limits: RequestLimits;
  readonly #closing = new AbortController();
  readonly #used = new Set<ClusterAccess>();
  #access: ClusterAccess;
  #renewal: Promise<ClusterAccess> | null = null;

  private constructor(target: ClusterTarget, limits: RequestLimits, access: ClusterAccess) {
    this.#target = target;
    this.#limits = limits;
    this.#access = access;
    this.#used.add(access);
  }

  /** Reads the credentials; sends nothing yet. @throws FlotillaError as {@link loadAccess} does */
  static async open(target: ClusterTarget, limits: RequestLimits, signal: AbortSignal): Promise<Transport> {
    return new Transport(target, limits, await loadAccess(target, signal));
  }

  /** Name of the kubeconfig context that is used. */
  get context(): string {
    return this.#access.context;
  }

  /** True when the identity of the pod we run in is used, with no kubeconfig. */
  get inCluster(): boolean {
    return this.#access.inCluster;
  }

  /** True when a credential plugin of the kubeconfig logs in. */
  get usesPlugin(): boolean {
    return this.#access.usesPlugin;
  }

  /** The API server's URL. */
  get server(): string {
    return this.#access.server.href.replace(/\/$/, "");
  }

  /** Aborts on {@link close}: for requests that belong to nobody in particular. */
  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  /** The text of an answer. @throws FlotillaError as {@link Transport.send} does */
  text(request: ApiRequest, signal: AbortSignal): Promise<string> {
    return this.send(request, signal, (response) => readBody(response, this.#limits.responseMs));
  }

  /**
   * Sends a request and reads its answer with `read`.
   * @throws KubeApiError when the server answers with an error; FlotillaError `cluster-unreachable`,
   * `cluster-unauthorized`, `interrupted`
   */
  async send<T>(request: ApiRequest, signal: AbortSignal, read: (response: IncomingMessage) => Promise<T>): Promise<T> {
    let renewed = false;
    for (let attempt = 0; ; attempt += 1) {
      throwIfAborted(signal);
      const access = await this.#currentAccess(signal);
      try {
        const response = await exchange(access, request, this.#limits, signal);
        const status = response.statusCode ?? 0;
        if (status < 400) return await read(response);
        const body = await readBody(response, this.#limits.responseMs);
        if (status === 401 && !renewed) {
          renewed = true;
          await this.#renew(access, signal);
          continue;
        }
        const retryAfterMs = retryAfter(response);
        const comesBack = status === 429 || (status >= 500 && retryAfterMs !== null);
        if (!comesBack || attempt >= RETRIES) {
          throw apiError(status, body, request.purpose, this.server, retryAfterMs);
        }
        await pause(retryAfterMs ?? backOff(attempt, 500, 5000), signal);
      } catch (fault) {
        if (signal.aborted) throw abortError(signal);
        if (request.method !== "GET" || !isConnectionCut(fault) || attempt >= RETRIES) {
          throw unreachable(this.server, this.context, fault);
        }
        await pause(backOff(attempt, 100, 2000), signal);
      }
    }
  }

  /** The credentials as they are now, for connections of another kind. @throws FlotillaError as {@link loadAccess} does */
  access(signal: AbortSignal): Promise<ClusterAccess> {
    return this.#currentAccess(signal);
  }

  /** Ends every connection; requests on their way fail. */
  close(): void {
    this.#closing.abort();
    for (const access of this.#used) access.agent.destroy();
  }

  async #currentAccess(signal: AbortSignal): Promise<ClusterAccess> {
    const { expiresAt } = this.#access;
    const ended = expiresAt !== null && expiresAt - EXPIRY_MARGIN_MS < Date.now();
    return ended ? this.#renew(this.#access, signal) : this.#access;
  }

  /** Reads the credentials anew, once for all requests that found the same ones refused; each may leave off waiting. */
  async #renew(refused: ClusterAccess, signal: AbortSignal): Promise<ClusterAccess> {
    if (this.#access !== refused) return this.#access;
    this.#renewal ??= loadAccess(this.#target, this.#closing.signal).finally(() => {
      this.#renewal = null;
    });
    const access = await unlessAborted(this.#renewal, signal);
    this.#access = access;
    this.#used.add(access);
    return access;
  }
}

function retryAfter(response: IncomingMessage): number | null {
  const seconds = Number(response.headers["retry-after"]);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 10) * 1000 : null;
}
