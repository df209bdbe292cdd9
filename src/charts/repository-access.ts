import type { RunContext } from "../model/context.ts";
import type { SourceAccess } from "../model/stack.ts";
import { helmRepositories } from "./helm-repositories.ts";
import { shownUrl } from "./shown-url.ts";
import { basicAuthorization, type SourceRequest } from "./source-request.ts";

/** An HTTP repository and what opens it. */
export interface RepositoryAccess {
  readonly url: string;
  /** Value of `Authorization`; null for strangers. */
  readonly authorization: string | null;
  readonly caFile: string | null;
  readonly clientCertificate: SourceRequest["clientCertificate"];
}

/**
 * How a repository is reached: as the stack file's source says and, where that says nothing, as the user's helm reaches
 * the repository of the same address.
 * @throws FlotillaError `source-denied` when helm's own file cannot be read
 */
export async function repositoryAccess(
  url: string,
  access: SourceAccess | null,
  context: RunContext,
): Promise<RepositoryAccess> {
  const plain = url.replace(/\/+$/, "");
  const known = (await helmRepositories(context)).find((repository) => repository.url === plain);
  const credentials = access?.credentials ?? known?.credentials ?? null;
  return {
    url,
    authorization: credentials === null ? null : basicAuthorization(credentials.username, credentials.password),
    caFile: access?.caFile ?? known?.caFile ?? null,
    clientCertificate: known?.clientCertificate ?? null,
  };
}

/**
 * How a file is asked for that a repository's index names: with the repository's login where it lies on the repository's
 * own host, as a stranger elsewhere (Helm's default as well, since CVE-2021-32690).
 */
export function fileRequest(repository: RepositoryAccess, url: string): Omit<SourceRequest, "headers"> {
  const isOwn = new URL(url).origin === new URL(repository.url).origin;
  return {
    authorization: isOwn ? repository.authorization : null,
    caFile: repository.caFile,
    clientCertificate: isOwn ? (repository.clientCertificate ?? null) : null,
  };
}

/** What to do when a repository refuses us. */
export function repositoryLoginAdvice(url: string, access: SourceAccess | null): string {
  return access !== null && access.credentials !== null
    ? `Check the user name and password of the source ${access.name} in the stack file.`
    : `Give ${shownUrl(url)} a name with user name and password under \`sources\` in the stack file, or add it with \`helm repo add --username\`; check the address for typing errors too.`;
}
