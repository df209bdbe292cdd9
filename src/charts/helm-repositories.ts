import { parse } from "yaml";

import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import { readTextIfExists } from "../runtime/files.ts";
import { repositoriesFile } from "./helm-config.ts";
import { oncePerRun } from "./run-memory.ts";

/** A repository that the user has added to helm (`helm repo add`). */
export interface HelmRepository {
  readonly name: string;
  /** Without a slash at its end. */
  readonly url: string;
  readonly credentials: { readonly username: string; readonly password: string } | null;
  readonly caFile: string | null;
  /** Both files, or null. */
  readonly clientCertificate: { readonly certFile: string; readonly keyFile: string } | null;
}

function textAt(entry: Readonly<Record<string, unknown>>, key: string): string | null {
  const value = entry[key];
  return typeof value === "string" && value !== "" ? value : null;
}

/** Helm's `insecure_skip_tls_verify` is left out on purpose: a pin is worth nothing when anybody can answer. */
function toRepository(item: unknown): HelmRepository[] {
  if (typeof item !== "object" || item === null) {
    return [];
  }
  const entry = item as Record<string, unknown>;
  const [name, url] = [textAt(entry, "name"), textAt(entry, "url")];
  if (name === null || url === null) {
    return [];
  }
  const [username, password] = [textAt(entry, "username"), textAt(entry, "password")];
  const [certFile, keyFile] = [textAt(entry, "certFile"), textAt(entry, "keyFile")];
  return [
    {
      name,
      url: url.replace(/\/+$/, ""),
      credentials: username === null || password === null ? null : { username, password },
      caFile: textAt(entry, "caFile"),
      clientCertificate: certFile === null || keyFile === null ? null : { certFile, keyFile },
    },
  ];
}

async function readRepositories(): Promise<readonly HelmRepository[]> {
  const file = repositoriesFile();
  const text = await readTextIfExists(file);
  try {
    const document: unknown = parse(text ?? "", { logLevel: "error" });
    const list = typeof document === "object" && document !== null ? (document as { repositories?: unknown }) : {};
    return Array.isArray(list.repositories) ? list.repositories.flatMap(toRepository) : [];
  } catch {
    // No cause: the parser's message quotes the text, which holds passwords.
    throw new FlotillaError("source-denied", `Helm's list of repositories ${file} is not valid YAML.`, {
      hint: "Look at it with `helm repo list`, or remove it.",
    });
  }
}

/**
 * The repositories that helm knows (`repositories.yaml`); none when it has no such file.
 * @throws FlotillaError `source-denied` when the file cannot be read
 */
export function helmRepositories(context: RunContext): Promise<readonly HelmRepository[]> {
  return oncePerRun(context, "helm repositories", readRepositories);
}
