import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import { readTextIfExists } from "../runtime/files.ts";
import { askCredentialHelper } from "./credential-helper.ts";
import { registryConfigFiles } from "./helm-config.ts";

/** What a registry wants to know of us. Never shown, never logged. */
export type RegistryCredentials =
  | { readonly type: "password"; readonly username: string; readonly password: string }
  /** An OAuth2 refresh token, as `az acr login` leaves it. */
  | { readonly type: "identity-token"; readonly token: string };

/** Docker Hub's names, the ones of its API first. */
const DOCKER_HUB = ["index.docker.io", "registry-1.docker.io", "docker.io"];
/** The name under which `docker login` files Docker Hub. */
const DOCKER_HUB_SERVER = "https://index.docker.io/v1/";

/** The names under which a host's credentials may be filed. */
function fileKeys(host: string): readonly string[] {
  const hosts = DOCKER_HUB.includes(host) ? DOCKER_HUB : [host];
  return hosts.flatMap((name) => [
    name,
    `https://${name}`,
    `https://${name}/v1/`,
    `https://${name}/v2/`,
    `http://${name}`,
  ]);
}

function fromEntry(entry: unknown): RegistryCredentials | null {
  if (typeof entry !== "object" || entry === null) {
    return null;
  }
  const { auth, identitytoken, username, password } = entry as Record<string, unknown>;
  if (typeof identitytoken === "string" && identitytoken !== "") {
    return { type: "identity-token", token: identitytoken };
  }
  if (typeof username === "string" && typeof password === "string") {
    return { type: "password", username, password };
  }
  const decoded = typeof auth === "string" ? Buffer.from(auth, "base64").toString("utf8") : "";
  const colon = decoded.indexOf(":");
  return colon < 1 ? null : { type: "password", username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/** A credentials file, as Docker lays it out (docker/cli, cli/config/configfile). */
interface CredentialsFile {
  readonly auths: Readonly<Record<string, unknown>>;
  /** Host → name of the helper for it. */
  readonly helpers: Readonly<Record<string, unknown>>;
  /** The helper for all other hosts; null when there is none. */
  readonly store: string | null;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

async function readCredentialsFile(file: string): Promise<CredentialsFile> {
  const text = (await readTextIfExists(file)) ?? "";
  try {
    // An empty file is what some tools leave behind.
    const { auths, credHelpers, credsStore } = asRecord(JSON.parse(text.trim() === "" ? "{}" : text));
    const store = typeof credsStore === "string" && credsStore !== "" ? credsStore : null;
    return { auths: asRecord(auths), helpers: asRecord(credHelpers), store };
  } catch {
    // No cause: the parser's message quotes the text, which holds passwords.
    throw new FlotillaError("source-denied", `The credentials file ${file} is not valid JSON.`, {
      hint: "Log in anew with `helm registry login`, or remove the file.",
    });
  }
}

/** What the helper of a host, if one is set for it or for all, has of it. */
async function fromHelper(
  { helpers, store }: CredentialsFile,
  host: string,
  context: RunContext,
): Promise<RegistryCredentials | null> {
  const isHub = DOCKER_HUB.includes(host);
  const key = fileKeys(host).find((name) => typeof helpers[name] === "string");
  const helper = key === undefined ? store : String(helpers[key]);
  if (helper === null || helper === "") {
    return null;
  }
  return askCredentialHelper(helper, isHub ? DOCKER_HUB_SERVER : (key ?? host), context);
}

/**
 * The credentials that the user's helm or docker has for a registry's host; null when neither has any.
 * @throws FlotillaError `source-denied` when a credentials file cannot be read, `interrupted`
 */
export async function findRegistryCredentials(host: string, context: RunContext): Promise<RegistryCredentials | null> {
  for (const path of registryConfigFiles()) {
    const file = await readCredentialsFile(path);
    const kept = await fromHelper(file, host, context);
    if (kept !== null) {
      return kept;
    }
    for (const key of fileKeys(host)) {
      const found = fromEntry(file.auths[key]);
      if (found !== null) {
        return found;
      }
    }
  }
  return null;
}
