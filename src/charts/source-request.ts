import type { RunContext } from "../model/context.ts";
import { parseDuration } from "../model/durations.ts";
import { FlotillaError } from "../model/errors.ts";
import { httpRequest, type HttpResponse } from "../runtime/http.ts";
import type { ClientCertificate } from "../runtime/trust.ts";
import { isLoopback } from "./loopback.ts";
import { shownUrl } from "./shown-url.ts";

/** How a source is asked. */
export interface SourceRequest {
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Value of `Authorization`; null for strangers. */
  readonly authorization: string | null;
  /** PEM file of authorities trusted besides the usual ones, wherever a redirect leads; null for none. */
  readonly caFile: string | null;
  readonly clientCertificate?: ClientCertificate | null;
}

const MAX_REDIRECTS = 5;
const SILENCE = "30s";

/**
 * Milliseconds that a source may be silent, before its answer and within it (`FLOTILLA_SOURCE_TIMEOUT`, 30s by default).
 * @throws FlotillaError `usage` when the variable is no duration
 */
function silenceMs(): number {
  const text = process.env["FLOTILLA_SOURCE_TIMEOUT"] || SILENCE;
  const ms = parseDuration(text);
  if (ms !== null && ms > 0) return ms;
  throw new FlotillaError("usage", `FLOTILLA_SOURCE_TIMEOUT is "${text}", which is no duration.`, {
    hint: "Write a number with a unit, as in 90s or 2m.",
  });
}

function redirectTarget(response: HttpResponse): URL | null {
  const { status, headers, url } = response;
  const location = headers["location"];
  const leads = status >= 300 && status < 400 && location !== undefined && URL.canParse(location, url);
  return leads ? new URL(location, url) : null;
}

/** Encryption, once there, is not given up on the way; nothing leads from elsewhere to plain HTTP on this machine. */
function isSafeStep(from: URL, to: URL): boolean {
  if (to.protocol === "https:") return true;
  return (
    to.protocol === "http:" && from.protocol === "http:" && (!isLoopback(to.hostname) || isLoopback(from.hostname))
  );
}

/**
 * Asks a chart source. Redirects are followed, as to the storage behind a registry; the login and the client's
 * certificate are for the origin of `url` alone. What is posted is never sent on.
 * @throws FlotillaError `source-unreachable`, `interrupted`
 */
export async function requestSource(url: string, request: SourceRequest, context: RunContext): Promise<HttpResponse> {
  const { method = "GET", headers = {}, body, authorization, caFile, clientCertificate = null } = request;
  const { origin } = new URL(url);
  let next = new URL(url);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const isOwn = next.origin === origin;
    const login: Record<string, string> = isOwn && authorization !== null ? { authorization } : {};
    const response = await httpRequest(next.href, {
      signal: context.signal,
      method,
      headers: { ...headers, ...login },
      caFile,
      clientCertificate: isOwn ? clientCertificate : null,
      stallTimeoutMs: silenceMs(),
      redirect: "manual",
      ...(body === undefined ? {} : { body }),
    });
    const target = method === "GET" ? redirectTarget(response) : null;
    if (target === null) return response;
    await response.discard();
    if (!isSafeStep(next, target)) {
      throw new FlotillaError(
        "source-unreachable",
        `${shownUrl(url)} redirects to ${target.protocol}//${target.host}, which is not encrypted.`,
        { hint: "Name the address that it redirects to in the stack file, if you trust it." },
      );
    }
    next = target;
  }
  throw new FlotillaError("source-unreachable", `${shownUrl(url)} redirects more than ${MAX_REDIRECTS} times.`);
}

/** The value of `Authorization` for a name and a password (RFC 7617). */
export function basicAuthorization(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}
