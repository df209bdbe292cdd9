import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import { httpRequest, type HttpResponse } from "../runtime/http.ts";
import { isLoopback, type OciRepository } from "./oci-address.ts";
import { answerChallenge } from "./registry-login.ts";
import { oncePerRun } from "./run-memory.ts";

const MAX_REDIRECTS = 5;

/** The value of the `Authorization` header that a repository accepted in this run; null while it asks for none. */
interface Login {
  authorization: string | null;
}

/** Shared by all requests of a run to one repository. */
function loginOf(repository: OciRepository, context: RunContext): Promise<Login> {
  const login: Login = { authorization: null };
  return oncePerRun(context, `login ${repository.host}/${repository.path}`, () => Promise.resolve(login));
}

function redirectTarget(response: HttpResponse): URL | null {
  const location = response.headers["location"];
  if (
    response.status < 300 ||
    response.status >= 400 ||
    location === undefined ||
    !URL.canParse(location, response.url)
  ) {
    return null;
  }
  return new URL(location, response.url);
}

/** Follows redirects, as to the storage behind a registry; the login is for the registry alone. */
async function requestFollowing(
  url: string,
  headers: Readonly<Record<string, string>>,
  authorization: string | null,
  context: RunContext,
): Promise<HttpResponse> {
  const { origin } = new URL(url);
  let next = url;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const login: Record<string, string> =
      authorization !== null && new URL(next).origin === origin ? { authorization } : {};
    const response = await httpRequest(next, {
      signal: context.signal,
      headers: { ...headers, ...login },
      redirect: "manual",
    });
    const target = redirectTarget(response);
    if (target === null) {
      return response;
    }
    await response.discard();
    if (target.protocol !== "https:" && !(target.protocol === "http:" && isLoopback(target.hostname))) {
      throw new FlotillaError(
        "source-unreachable",
        `${url} redirects to ${target.protocol}//${target.host}, which is not encrypted.`,
      );
    }
    next = target.href;
  }
  throw new FlotillaError("source-unreachable", `${url} redirects more than ${MAX_REDIRECTS} times.`);
}

/**
 * A GET to a registry's API, logged in when it asks for that. Resolves for every status but 401.
 * @param url - below the repository's origin
 * @throws FlotillaError `source-denied`, `source-unreachable`, `interrupted`
 */
export async function registryRequest(
  repository: OciRepository,
  url: string,
  accept: readonly string[],
  context: RunContext,
): Promise<HttpResponse> {
  const headers = { accept: accept.length === 0 ? "*/*" : accept.join(", ") };
  const login = await loginOf(repository, context);
  const first = await requestFollowing(url, headers, login.authorization, context);
  if (first.status !== 401) {
    return first;
  }
  await first.discard();
  login.authorization = await answerChallenge(repository, first.headers["www-authenticate"] ?? "", context);
  const second = await requestFollowing(url, headers, login.authorization, context);
  if (second.status !== 401) {
    return second;
  }
  await second.discard();
  throw new FlotillaError(
    "source-denied",
    `The registry ${repository.host} refuses ${repository.path}: it does not accept our login.`,
    {
      hint: `Log in anew with \`helm registry login ${repository.host}\`.`,
    },
  );
}
