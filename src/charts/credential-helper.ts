import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import { withDeadline } from "../runtime/abort.ts";
import { runProcess, type ProcessResult } from "../runtime/process.ts";
import type { RegistryCredentials } from "./registry-credentials.ts";
import { oncePerRun } from "./run-memory.ts";

/** Milliseconds that a helper gets; one that asks somebody for a password would wait for ever. */
const HELPER_MS = 30_000;

/** What helpers answer for servers that they have nothing for (github.com/docker/docker-credential-helpers). */
const NOTHING = /credentials not found|no credentials server url|no credentials username/i;

/**
 * Asks `docker-credential-<name>` for a server's login (Docker's credential helper protocol: `get`, the server on standard
 * input, JSON on standard output). A helper that is missing or fails is told of and counts as having none: most charts
 * are to be had by strangers as well. What it prints is never shown.
 * @param server - as the login was filed: a host, or Docker Hub's old address
 * @throws FlotillaError `interrupted`
 */
export function askCredentialHelper(
  name: string,
  server: string,
  context: RunContext,
): Promise<RegistryCredentials | null> {
  return oncePerRun(context, `credential helper ${name} ${server}`, () => ask(name, server, context));
}

async function ask(name: string, server: string, context: RunContext): Promise<RegistryCredentials | null> {
  const program = `docker-credential-${name}`;
  const answer = await runHelper(name, server, context);
  if (typeof answer === "string") {
    context.emit({
      type: "notice",
      level: "warning",
      message: `The credential helper ${program} gives no login for ${server}: ${answer}.`,
      hint: "flotilla asks as a stranger. Repair the helper, or log in with `helm registry login`.",
    });
    return null;
  }
  return answer;
}

/** A text says why there is no answer. */
async function runHelper(
  name: string,
  server: string,
  context: RunContext,
): Promise<RegistryCredentials | null | string> {
  // It becomes the name of a program: no way out of the PATH.
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) return "its name is none";
  const late = new FlotillaError("timeout", "The credential helper does not answer.");
  const deadline = withDeadline(context.signal, HELPER_MS, () => late);
  try {
    const result = await runProcess(`docker-credential-${name}`, ["get"], {
      input: server,
      signal: deadline.signal,
      graceMs: 1000,
    });
    return readAnswer(result);
  } catch (error) {
    if (error === late) return `it did not answer within ${HELPER_MS / 1000} seconds`;
    if (error instanceof FlotillaError && error.code === "tool-missing") return "there is no such program on the PATH";
    throw error;
  } finally {
    deadline.clear();
  }
}

function readAnswer({ exitCode, stdout }: ProcessResult): RegistryCredentials | null | string {
  if (exitCode !== 0) {
    return NOTHING.test(stdout) ? null : `it ended with ${exitCode ?? "a signal"}`;
  }
  try {
    const { Username: username, Secret: secret } = JSON.parse(stdout) as Record<string, unknown>;
    if (typeof username !== "string" || typeof secret !== "string") return "its answer is not understood";
    if (secret === "") return null;
    // The name that stands for an identity token (docker/cli, cli/config/credentials/native_store.go).
    if (username === "<token>") return { type: "identity-token", token: secret };
    return { type: "password", username, password: secret };
  } catch {
    return "its answer is not understood";
  }
}
