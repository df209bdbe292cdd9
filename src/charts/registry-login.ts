import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { HttpResponse } from "../runtime/http.ts";
import { readAnswer } from "./answer.ts";
import { ANSWER_LIMITS } from "./limits.ts";
import { isLoopback } from "./loopback.ts";
import type { OciRepository } from "./oci-address.ts";
import { findRegistryCredentials, type RegistryCredentials } from "./registry-credentials.ts";
import { basicAuthorization, requestSource } from "./source-request.ts";

/** A `WWW-Authenticate` header. */
export interface Challenge {
  readonly scheme: "basic" | "bearer";
  /** `realm`, `service`, `scope` … */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Reads a `WWW-Authenticate` header (RFC 9110, section 11.6.1); null when it names no scheme that registries use. */
export function parseChallenge(header: string): Challenge | null {
  const match = /(?:^|,\s*)(basic|bearer)\s+(.*)$/i.exec(header);
  if (match === null) {
    return /^basic$/i.test(header.trim()) ? { scheme: "basic", parameters: {} } : null;
  }
  const parameters: Record<string, string> = {};
  for (const [, key, quoted, bare] of (match[2] ?? "").matchAll(/([a-z_]+)=(?:"([^"]*)"|([^\s,]+))/gi)) {
    parameters[(key ?? "").toLowerCase()] = quoted ?? bare ?? "";
  }
  return { scheme: /^basic$/i.test(match[1] ?? "") ? "basic" : "bearer", parameters };
}

/** How a user gets a login for a registry that flotilla can use. */
export function loginAdvice({ host, access }: OciRepository): string {
  return access !== null && access.credentials !== null
    ? `Check the user name and password of the source ${access.name} in the stack file.`
    : `If it is private, log in with \`helm registry login ${host}\`.`;
}

function denied(repository: OciRepository, why: string): FlotillaError {
  return new FlotillaError("source-denied", `The registry ${repository.host} refuses ${repository.path}: ${why}.`, {
    hint: `Check the chart's path. ${loginAdvice(repository)}`,
  });
}

/** Where tokens are to be had. Passwords go there, so it must be encrypted unless it is this machine. */
function tokenAddress(repository: OciRepository, realm: string): URL {
  const url = URL.canParse(realm) ? new URL(realm) : null;
  if (url === null || (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname)))) {
    throw denied(repository, "it names no safe address for tokens");
  }
  return url;
}

interface TokenRequest {
  readonly url: URL;
  readonly scope: string;
  readonly service: string | null;
  readonly credentials: RegistryCredentials | null;
  readonly caFile: string | null;
}

/**
 * The request for a token: a GET with or without a password, or a POST with a refresh token (Docker's token
 * specification). Neither is sent on to where a redirect leads.
 */
function requestToken(
  { url, scope, service, credentials, caFile }: TokenRequest,
  context: RunContext,
): Promise<HttpResponse> {
  if (credentials?.type === "identity-token") {
    const form = {
      grant_type: "refresh_token",
      refresh_token: credentials.token,
      client_id: "flotilla",
      scope,
      ...(service === null ? {} : { service }),
    };
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const body = new URLSearchParams(form).toString();
    return requestSource(url.href, { method: "POST", headers, body, authorization: null, caFile }, context);
  }
  url.searchParams.set("scope", scope);
  if (service !== null) {
    url.searchParams.set("service", service);
  }
  const authorization = credentials === null ? null : basicAuthorization(credentials.username, credentials.password);
  return requestSource(url.href, { authorization, caFile }, context);
}

function tokenIn(text: string): string | null {
  try {
    const { token, access_token: accessToken } = JSON.parse(text) as Record<string, unknown>;
    const found = token ?? accessToken;
    return typeof found === "string" && found !== "" ? found : null;
  } catch {
    return null;
  }
}

async function bearerHeader(
  repository: OciRepository,
  challenge: Challenge,
  credentials: RegistryCredentials | null,
  context: RunContext,
): Promise<string> {
  const { realm, service, scope } = challenge.parameters;
  const url = tokenAddress(repository, realm ?? "");
  const response = await requestToken(
    {
      url,
      scope: scope ?? `repository:${repository.path}:pull`,
      service: service ?? null,
      credentials,
      caFile: repository.access?.caFile ?? null,
    },
    context,
  );
  if (response.status >= 500) {
    await response.discard();
    throw new FlotillaError(
      "source-unreachable",
      `${url.host}, which gives out tokens for ${repository.host}, answers with HTTP ${response.status}.`,
    );
  }
  if (response.status !== 200) {
    await response.discard();
    throw denied(repository, credentials === null ? "it gives no token to strangers" : "it does not accept our login");
  }
  const answer = await readAnswer(response, ANSWER_LIMITS.registryDocument, context.signal);
  const token = tokenIn(Buffer.from(answer).toString("utf8"));
  if (token === null) {
    throw denied(repository, "its answer to our request for a token holds none");
  }
  return `Bearer ${token}`;
}

/** Those of the stack file's source, else what helm or docker have. */
async function credentialsFor(
  { host, access }: OciRepository,
  context: RunContext,
): Promise<RegistryCredentials | null> {
  const own = access?.credentials ?? null;
  return own === null ? findRegistryCredentials(host, context) : { type: "password", ...own };
}

/**
 * Answers a registry's challenge with what the stack file, helm or docker know of it, or as a stranger.
 * @returns the value of the `Authorization` header
 * @throws FlotillaError `source-denied`, `source-unreachable`, `interrupted`
 */
export async function answerChallenge(repository: OciRepository, header: string, context: RunContext): Promise<string> {
  const challenge = parseChallenge(header);
  const credentials = await credentialsFor(repository, context);
  if (challenge?.scheme === "bearer") {
    return bearerHeader(repository, challenge, credentials, context);
  }
  if (challenge === null || credentials?.type !== "password") {
    throw denied(
      repository,
      challenge === null ? "it asks for a kind of login that we do not know" : "it wants a login",
    );
  }
  return basicAuthorization(credentials.username, credentials.password);
}
