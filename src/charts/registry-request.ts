import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { HttpResponse } from "../runtime/http.ts";
import type { OciRepository } from "./oci-address.ts";
import { answerChallenge, loginAdvice } from "./registry-login.ts";
import { oncePerRun } from "./run-memory.ts";
import { requestSource } from "./source-request.ts";

/** The value of the `Authorization` header that a repository accepted in this run; null while it asks for none. */
interface Login {
  authorization: string | null;
}

/** Shared by all requests of a run to one repository. */
function loginOf(repository: OciRepository, context: RunContext): Promise<Login> {
  const login: Login = { authorization: null };
  const { host, path, access } = repository;
  return oncePerRun(context, `login ${access?.name ?? ""} ${host}/${path}`, () => Promise.resolve(login));
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
  const login = await loginOf(repository, context);
  const ask = (): Promise<HttpResponse> =>
    requestSource(
      url,
      {
        headers: { accept: accept.length === 0 ? "*/*" : accept.join(", ") },
        authorization: login.authorization,
        caFile: repository.access?.caFile ?? null,
      },
      context,
    );
  const first = await ask();
  if (first.status !== 401) {
    return first;
  }
  await first.discard();
  login.authorization = await answerChallenge(repository, first.headers["www-authenticate"] ?? "", context);
  const second = await ask();
  if (second.status !== 401) {
    return second;
  }
  await second.discard();
  throw new FlotillaError(
    "source-denied",
    `The registry ${repository.host} refuses ${repository.path}: it does not accept our login.`,
    { hint: loginAdvice(repository) },
  );
}
