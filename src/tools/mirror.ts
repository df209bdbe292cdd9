import { FlotillaError } from "../model/errors.ts";

/**
 * Where a release file is really asked for. `FLOTILLA_TOOLS_MIRROR` names a mirror that holds every file under the name
 * of its official host: with `https://mirror.corp.example/tools`, `https://get.helm.sh/helm-….tar.gz` is taken from
 * `https://mirror.corp.example/tools/get.helm.sh/helm-….tar.gz`. Checksums are taken from the mirror as well. Hosts in
 * use: `get.helm.sh`, `dl.k8s.io`, `github.com`, `api.github.com` (kwok's digests).
 * @throws FlotillaError `usage` when the variable holds no http(s) URL
 */
export function mirrored(url: string): string {
  const mirror = process.env["FLOTILLA_TOOLS_MIRROR"];
  if (!mirror) return url;
  if (!URL.canParse(mirror) || !/^https?:$/.test(new URL(mirror).protocol)) {
    throw new FlotillaError("usage", `FLOTILLA_TOOLS_MIRROR is no http(s) address: ${JSON.stringify(mirror)}.`, {
      hint: "Set it to something like https://mirror.corp.example/tools, or unset it.",
    });
  }
  const { host, pathname } = new URL(url);
  return `${mirror.replace(/\/+$/, "")}/${host}${pathname}`;
}
