import { FlotillaError } from "../model/errors.ts";
import type { SourceAccess } from "../model/stack.ts";
import { isLoopback } from "./loopback.ts";

/** A repository in a registry: all versions of one chart. */
export interface OciRepository {
  /** As in `oci://host/path`, with its port. */
  readonly host: string;
  /** `scheme://host[:port]` that answers the distribution API. */
  readonly origin: string;
  /** Path of the repository, without slashes at its ends. */
  readonly path: string;
  /** `sha256:…` of the one manifest that the address means; null when it means all versions. */
  readonly digest: string | null;
  /** How the stack file says that the registry is reached; null leaves it to Helm's and Docker's own logins. */
  readonly access: SourceAccess | null;
}

/**
 * Reads `oci://host[:port]/path`, also with `@sha256:…` behind it.
 * @throws FlotillaError `config-invalid` when it is none
 */
export function parseOciUrl(url: string, access: SourceAccess | null): OciRepository {
  const match = /^oci:\/\/([^/\s@]+)\/([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)\/?(?:@(sha256:[0-9a-f]{64}))?$/.exec(url);
  const [, host, path, digest = null] = match ?? [];
  if (host === undefined || path === undefined || !URL.canParse(`https://${host}`)) {
    throw new FlotillaError("config-invalid", `"${url}" is not the address of a chart in a registry.`, {
      hint: "Write oci://HOST/PATH/CHART in lower case, without a version: that goes into `version`.",
    });
  }
  // Docker Hub's API does not live under the name that everybody uses.
  const apiHost = host === "docker.io" || host === "index.docker.io" ? "registry-1.docker.io" : host;
  // A registry of one's own on this machine speaks plain HTTP, unless an authority for it is named.
  const isPlain = isLoopback(new URL(`https://${host}`).hostname) && (access?.caFile ?? null) === null;
  return { host, origin: `${isPlain ? "http" : "https"}://${apiHost}`, path, digest, access };
}

/** Tags cannot hold `+`: helm writes `_` for it (helm.sh/docs/topics/registries). */
export function tagOfVersion(version: string): string {
  return version.replaceAll("+", "_");
}

/** The version that a tag stands for. */
export function versionOfTag(tag: string): string {
  return tag.replaceAll("_", "+");
}

/** `oci://host/path:tag`, as candidates carry it. */
export function formatOciLocation(url: string, tag: string): string {
  return `${url.replace(/\/$/, "")}:${tag}`;
}

/** A version of a chart in a registry, taken apart. */
export interface OciLocation {
  /** `oci://host/path`, with the digest where that is what names the version. */
  readonly url: string;
  /** A tag, or `sha256:…` of a manifest. */
  readonly reference: string;
}

/**
 * The parts of `oci://host/path:tag` or `oci://host/path@sha256:…`.
 * @throws FlotillaError `config-invalid` when it has neither
 */
export function parseOciLocation(location: string): OciLocation {
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(location)?.[1];
  if (digest !== undefined) {
    return { url: location, reference: digest };
  }
  const colon = location.lastIndexOf(":");
  const tag = location.slice(colon + 1);
  if (colon < "oci://".length || !/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(tag)) {
    throw new FlotillaError("config-invalid", `"${location}" does not name a version of a chart in a registry.`);
  }
  return { url: location.slice(0, colon), reference: tag };
}
