import { homedir } from "node:os";
import { join } from "node:path";

import { FlotillaError } from "../model/errors.ts";
import { readTextIfExists } from "../runtime/files.ts";

/** What a registry wants to know of us. Never shown, never logged. */
export type RegistryCredentials =
  | { readonly type: "password"; readonly username: string; readonly password: string }
  /** An OAuth2 refresh token, as `az acr login` leaves it. */
  | { readonly type: "identity-token"; readonly token: string };

/** Helm's folder for configuration (helm.sh/docs/helm/helm, "Helm configuration"). */
function helmConfigFolder(): string {
  const { HELM_CONFIG_HOME: own, XDG_CONFIG_HOME: xdg, APPDATA: windows } = process.env;
  if (own) {
    return own;
  }
  if (xdg) {
    return join(xdg, "helm");
  }
  if (process.platform === "darwin") {
    return join(homedir(), "Library", "Preferences", "helm");
  }
  return process.platform === "win32" && windows ? join(windows, "helm") : join(homedir(), ".config", "helm");
}

/** Files that `helm registry login` and `docker login` write, in the order in which they count. */
function credentialFiles(): readonly string[] {
  const { HELM_REGISTRY_CONFIG: helm, DOCKER_CONFIG: docker } = process.env;
  return [
    helm || join(helmConfigFolder(), "registry", "config.json"),
    join(docker || join(homedir(), ".docker"), "config.json"),
  ];
}

/** The names under which a host's credentials may be filed. */
function fileKeys(host: string): readonly string[] {
  const hub = ["docker.io", "index.docker.io", "registry-1.docker.io"];
  const hosts = hub.includes(host) ? [...hub.slice(1), hub[0] ?? ""] : [host];
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

/** The `auths` of a credentials file. Its `credsStore` and `credHelpers` name programs to ask: they go here. */
async function readAuths(file: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readTextIfExists(file);
  if (text === null) {
    return {};
  }
  try {
    const { auths } = JSON.parse(text) as { auths?: unknown };
    return typeof auths === "object" && auths !== null ? (auths as Record<string, unknown>) : {};
  } catch {
    // No cause: the parser's message quotes the text, which holds passwords.
    throw new FlotillaError("source-denied", `The credentials file ${file} is not valid JSON.`, {
      hint: "Log in anew with `helm registry login`, or remove the file.",
    });
  }
}

/**
 * The credentials that the user's helm or docker has for a registry's host; null when neither has any.
 * @throws FlotillaError `source-denied` when a credentials file cannot be read
 */
export async function findRegistryCredentials(host: string): Promise<RegistryCredentials | null> {
  for (const file of credentialFiles()) {
    const auths = await readAuths(file);
    for (const key of fileKeys(host)) {
      const found = fromEntry(auths[key]);
      if (found !== null) {
        return found;
      }
    }
  }
  return null;
}
