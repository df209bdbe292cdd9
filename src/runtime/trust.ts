import { readFile } from "node:fs/promises";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import { FlotillaError } from "../model/errors.ts";
import { readTextIfExists } from "./files.ts";

/** PEM files that show a server who we are. */
export interface ClientCertificate {
  readonly certFile: string;
  readonly keyFile: string;
}

/** What stands behind a TLS connection beside Node's own defaults. */
export interface Trust {
  /** PEM file of authorities that are trusted beside the usual ones; null for none. */
  readonly caFile: string | null;
  readonly clientCertificate: ClientCertificate | null;
}

/** True when Node's own defaults are all that is wanted; they cost nothing. */
export function isDefaultTrust({ caFile, clientCertificate }: Trust): boolean {
  return caFile === null && clientCertificate === null && extraFiles().every((file) => file === nodesOwnExtra());
}

/**
 * A TLS context with Node's authorities, those of `NODE_EXTRA_CA_CERTS` and `SSL_CERT_FILE` (which Go's programs, helm
 * among them, read), and the ones of `trust`. Node's list is replaced by any list of one's own, so all are named.
 * @throws FlotillaError `source-unreachable` for a file that cannot be read
 */
export async function secureContextOf({ caFile, clientCertificate }: Trust): Promise<SecureContext> {
  const extras = await Promise.all(extraFiles().map((file) => readTextIfExists(file).catch(() => null)));
  const own = caFile === null ? [] : [await readPem(caFile, "certificate authority file")];
  const identity =
    clientCertificate === null
      ? {}
      : {
          cert: await readPem(clientCertificate.certFile, "client certificate"),
          key: await readPem(clientCertificate.keyFile, "client key"),
        };
  try {
    return createSecureContext({
      ca: [...rootCertificates, ...extras.filter((text) => text !== null), ...own],
      ...identity,
    });
  } catch (cause) {
    const files = [caFile, clientCertificate?.certFile, clientCertificate?.keyFile].filter((file) => file);
    throw new FlotillaError("source-unreachable", `What ${files.join(", ")} holds is of no use for TLS.`, {
      hint: "They must be PEM files, and key and certificate must belong together.",
      cause,
    });
  }
}

function nodesOwnExtra(): string | undefined {
  return process.env["NODE_EXTRA_CA_CERTS"];
}

/** Files that the environment names; one that both variables name stands once. */
function extraFiles(): readonly string[] {
  const named = [nodesOwnExtra() ?? "", process.env["SSL_CERT_FILE"] ?? ""];
  return [...new Set(named.filter((file) => file !== ""))];
}

async function readPem(file: string, what: string): Promise<string> {
  return readFile(file, "utf8").catch((cause: unknown) => {
    throw new FlotillaError("source-unreachable", `The ${what} ${file} cannot be read.`, { cause });
  });
}
