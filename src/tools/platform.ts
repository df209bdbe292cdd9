import { FlotillaError } from "../model/errors.ts";

/** An operating system and processor, as Go and the projects' release files name them. */
export interface Platform {
  readonly os: "linux" | "darwin";
  readonly arch: "amd64" | "arm64";
}

const ARCHITECTURES: Readonly<Record<string, Platform["arch"]>> = { x64: "amd64", arm64: "arm64" };

/**
 * The platform we run on.
 * @throws FlotillaError `tool-missing` where no tool binaries are known to work
 */
export function currentPlatform(): Platform {
  const arch = ARCHITECTURES[process.arch];
  if ((process.platform === "linux" || process.platform === "darwin") && arch) return { os: process.platform, arch };
  throw new FlotillaError("tool-missing", `flotilla has no tools for ${process.platform} on ${process.arch}.`, {
    hint: "Use Linux or macOS on amd64 or arm64 (on Windows: WSL 2).",
  });
}

/** How a platform is written in file names: `linux-amd64`. */
export function platformName(platform: Platform): string {
  return `${platform.os}-${platform.arch}`;
}
