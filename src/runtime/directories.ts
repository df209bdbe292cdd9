import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Where what can be had again is kept: tools, charts, indexes (`$FLOTILLA_CACHE_DIR`, else the XDG cache folder). */
export function cacheDirectory(): string {
  return ownDirectory("FLOTILLA_CACHE_DIR", "XDG_CACHE_HOME", ".cache");
}

/** Where what stands for something running is kept: sandboxes (`$FLOTILLA_STATE_DIR`, else the XDG state folder). */
export function stateDirectory(): string {
  return ownDirectory("FLOTILLA_STATE_DIR", "XDG_STATE_HOME", ".local/state");
}

function ownDirectory(own: string, xdg: string, fallback: string): string {
  const explicit = process.env[own];
  if (explicit) return resolve(explicit);
  const base = process.env[xdg];
  return join(base ? resolve(base) : join(homedir(), fallback), "flotilla");
}

let root: string | null = null;

/** The folder of flotilla's own package: it holds package.json, `values/`, `charts/` and `assets/`. */
export function packageRoot(): string {
  root ??= findPackageRoot(dirname(fileURLToPath(import.meta.url)));
  return root;
}

/** Source, library and bundle lie at different depths below the root: it is the first folder upwards that has both. */
function findPackageRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json")) && existsSync(join(folder, "assets"))) return folder;
    if (folder === dirname(folder)) throw new Error(`flotilla's package folder is not to be found above ${from}`);
  }
}
