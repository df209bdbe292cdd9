import { FlotillaError } from "../model/errors.ts";

/** A repository in a registry: all versions of one chart. */
export interface OciRepository {
  /** As in `oci://host/path`, with its port. */
  readonly host: string;
  /** `scheme://host[:port]` that answers the distribution API. */
  readonly origin: string;
  /** Path of the repository, without slashes at its ends. */
  readonly path: string;
}

/** True for addresses of this machine: only there plain HTTP is spoken to registries. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/**
 * Reads `oci://host[:port]/path`.
 * @throws FlotillaError `config-invalid` when it is none
 */
export function parseOciUrl(url: string): OciRepository {
  const match = /^oci:\/\/([^/\s@]+)\/([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)\/?$/.exec(url);
  const host = match?.[1];
  const path = match?.[2];
  if (host === undefined || path === undefined || !URL.canParse(`https://${host}`)) {
    throw new FlotillaError("config-invalid", `"${url}" is not the address of a chart in a registry.`, {
      hint: "Write oci://HOST/PATH/CHART in lower case, without a version: that goes into `version`.",
    });
  }
  // Docker Hub's API does not live under the name that everybody uses.
  const apiHost = host === "docker.io" || host === "index.docker.io" ? "registry-1.docker.io" : host;
  const scheme = isLoopback(new URL(`https://${host}`).hostname) ? "http" : "https";
  return { host, origin: `${scheme}://${apiHost}`, path };
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

/**
 * The parts of `oci://host/path:tag`.
 * @throws FlotillaError `config-invalid` when it has no tag
 */
export function parseOciLocation(location: string): { readonly url: string; readonly tag: string } {
  const colon = location.lastIndexOf(":");
  const tag = location.slice(colon + 1);
  if (colon < "oci://".length || !/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(tag)) {
    throw new FlotillaError("config-invalid", `"${location}" does not name a version of a chart in a registry.`);
  }
  return { url: location.slice(0, colon), tag };
}
