import { FlotillaError } from "../model/errors.ts";
import { mirrored } from "./mirror.ts";
import { currentPlatform } from "./platform.ts";
import { toolsFolder } from "./tool-cache.ts";
import { TOOLS, type ToolName } from "./versions.ts";

/**
 * The error for tools that can be had in none of the three ways; it says of each why not.
 * @param download null when no official release has a file for this platform
 */
export function toolMissing(
  names: readonly ToolName[],
  download: FlotillaError | null,
  build: FlotillaError,
): FlotillaError {
  const tools = names.map((name) => `${name} ${TOOLS[name].version}`).join(", ");
  const noDownload = download?.message ?? "No official release has a file for this platform.";
  return new FlotillaError(
    "tool-missing",
    `${tools}: not to be had. In the cache (${toolsFolder()}): nothing. Download: ${noDownload} Build: ${build.message}`,
    { hint: `${hostsHint(names)}To build: ${build.hint ?? "see above."}`, cause: download ?? build },
  );
}

/** What would make the download work; nothing for tools that have none. */
function hostsHint(names: readonly ToolName[]): string {
  const urls = names.flatMap((name) => {
    const release = TOOLS[name].release(currentPlatform());
    return release === null ? [] : [release.url, release.checksum.url];
  });
  if (urls.length === 0) return "";
  const hosts = [...new Set(urls.map((url) => new URL(mirrored(url)).host))].join(", ");
  return `Make ${hosts} reachable (HTTPS_PROXY), or name a mirror in FLOTILLA_TOOLS_MIRROR. `;
}
