import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { FlotillaError } from "../model/errors.ts";
import { abortError } from "./abort.ts";
import { keepRequestSecrets, keepUrlSecret } from "./request-secrets.ts";
import { type ClientCertificate, isDefaultTrust, secureContextOf, type Trust } from "./trust.ts";

/** How a request is made. */
export interface HttpOptions {
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
  /** PEM file of certificate authorities that are trusted beside the usual ones. */
  readonly caFile?: string | null;
  /** Shown to every server that is asked, redirects included; null for none. */
  readonly clientCertificate?: ClientCertificate | null;
  /** Milliseconds until a connection must stand; 10,000 by default. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds that may pass without a byte; 30,000 by default. */
  readonly stallTimeoutMs?: number;
  readonly method?: "GET" | "HEAD" | "POST";
  readonly body?: string;
  /** Redirects are followed by default. */
  readonly redirect?: "follow" | "manual";
}

/** An answer, whatever its status. The body must be read or discarded. */
export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
  readonly url: string;
  /** The whole body; refused beyond `limitBytes` (64 MiB by default). */
  readonly text: (limitBytes?: number) => Promise<string>;
  /** Throws the body away, so that the connection can be used again. */
  readonly discard: () => Promise<void>;
}

const MAX_REDIRECTS = 10;
const agents = new Map<string, Promise<Dispatcher>>();

/**
 * One HTTP request; HTTP_PROXY, HTTPS_PROXY and NO_PROXY are honoured.
 * @throws FlotillaError `source-unreachable` when no answer comes (the message says host and why), `interrupted` on abort
 */
export async function httpRequest(url: string, options: HttpOptions): Promise<HttpResponse> {
  keepRequestSecrets(options.headers ?? {}, options.body);
  keepUrlSecret(url);
  // Half a megabyte of code that a run without downloads does not need.
  const { interceptors, request } = await import("./undici.ts");
  const agent = await agentFor(options);
  let asked = url;
  const noteOrigin: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (hop, handler) => {
    asked = String(hop.origin ?? url);
    return dispatch(hop, handler);
  };
  try {
    const answer = request(url, {
      dispatcher:
        options.redirect === "manual"
          ? agent
          : agent.compose(noteOrigin, interceptors.redirect({ maxRedirections: MAX_REDIRECTS })),
      method: options.method ?? "GET",
      signal: options.signal,
      headers: { "user-agent": "flotilla", ...options.headers },
      body: options.body ?? null,
      headersTimeout: options.stallTimeoutMs ?? 30_000,
      bodyTimeout: options.stallTimeoutMs ?? 30_000,
    });
    const response = await unlessAborted(answer, options.signal);
    return {
      status: response.statusCode,
      headers: flatten(response.headers),
      body: response.body,
      url,
      text: (limitBytes) => readText(response.body, url, limitBytes ?? 64 * 1024 * 1024, options.signal),
      discard: () => response.body.dump(),
    };
  } catch (error) {
    throw networkError(asked, error, options.signal);
  }
}

/** undici looks at the signal only once a connection stands; what comes after an abort is thrown away. */
async function unlessAborted(
  answer: Promise<Dispatcher.ResponseData>,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  let stop = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(abortError(signal));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([answer, aborted]);
  } catch (error) {
    answer.then(({ body }) => body.destroy()).catch(() => {});
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** What a fault of the network means to users; also for faults while a body is read. */
export function networkError(url: string, error: unknown, signal: AbortSignal): FlotillaError {
  if (signal.aborted) return abortError(signal);
  if (error instanceof FlotillaError) return error;
  const place = URL.canParse(url) ? new URL(url).host : url;
  const reason = reasonOf(error);
  return new FlotillaError("source-unreachable", `${place} cannot be reached: ${reason}.`, {
    hint: /authority|self-signed/.test(reason)
      ? "If it is a private authority, name its PEM file: caFile of a source in the stack file, or SSL_CERT_FILE."
      : "Check the address, the network, and HTTPS_PROXY / NO_PROXY if a proxy stands between.",
    cause: error,
  });
}

/** What a fault of the network means, in words that can follow a colon. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const refusal = /^Proxy response \((\d+)\)/.exec(error.message);
  if (refusal) return `the proxy refuses to connect (status ${refusal[1]})`;
  if (error.message.startsWith("Redirect loop")) return "it redirects in a circle";
  return KNOWN_REASONS[code] ?? error.message.replaceAll(/\s+/g, " ").replace(/[ .]+$/, "");
}

/** Codes of Node and undici, in words. */
const KNOWN_REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: "the host name is unknown",
  EAI_AGAIN: "the host name cannot be looked up",
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was cut",
  UND_ERR_SOCKET: "the connection was cut",
  UND_ERR_CONNECT_TIMEOUT: "no connection in time",
  UND_ERR_HEADERS_TIMEOUT: "no answer in time",
  UND_ERR_BODY_TIMEOUT: "the transfer stalled",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate chain ends in an unknown authority",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate was issued by an unknown authority",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate was issued by an unknown authority",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS there",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "it does not speak TLS there",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};

/** One agent per trust and time-out, so that connections are kept and shared. */
function agentFor(options: HttpOptions): Promise<Dispatcher> {
  const timeout = options.connectTimeoutMs ?? 10_000;
  const trust = { caFile: options.caFile ?? null, clientCertificate: options.clientCertificate ?? null };
  const key = JSON.stringify([trust, timeout]);
  const known = agents.get(key);
  if (known) return known;
  const made = makeAgent(trust, timeout);
  agents.set(key, made);
  made.catch(() => agents.delete(key));
  return made;
}

async function makeAgent(trust: Trust, timeout: number): Promise<Dispatcher> {
  for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"]) keepUrlSecret(process.env[name]);
  const { EnvHttpProxyAgent, Pool } = await import("./undici.ts");
  const secureContext = isDefaultTrust(trust) ? {} : { secureContext: await secureContextOf(trust) };
  const tls = { timeout, ...secureContext };
  return new EnvHttpProxyAgent({
    connect: tls,
    requestTls: tls,
    proxyTls: tls,
    // Without encryption a proxy is asked for the file, not for a tunnel, which many refuse.
    proxyTunnel: false,
    // A tunnel is a part of the connection; undici would wait five minutes for it.
    clientFactory: (proxy, connection) => new Pool(proxy, { ...connection, headersTimeout: timeout }),
  });
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}

async function readText(body: Readable, url: string, limitBytes: number, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limitBytes) {
        throw new FlotillaError("source-unreachable", `${url} answers with more than ${limitBytes} bytes.`);
      }
      chunks.push(chunk);
    }
  } catch (error) {
    throw networkError(url, error, signal);
  }
  return Buffer.concat(chunks).toString("utf8");
}
