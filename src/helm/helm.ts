import { access, constants, stat } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { FlotillaError } from "../model/errors.ts";
import { withDeadline } from "../runtime/abort.ts";
import { runProcess } from "../runtime/process.ts";
import { helmEnvironment } from "./helm-environment.ts";
import { parseHelmVersion, type HelmVersion } from "./helm-version.ts";
import { versionMemory } from "./version-memory.ts";

/** A helm program that flotilla may use. */
export interface Helm extends HelmVersion {
  readonly path: string;
}

/** The cluster that helm works on. Both null: the user's current context, or the cluster that we run in. */
export interface HelmTarget {
  /** Null: what `KUBECONFIG` says, else the usual place. */
  readonly kubeconfig: string | null;
  readonly context: string | null;
  /** True when a credential plugin of the kubeconfig logs in: it gets our whole environment. False when left out. */
  readonly usesPlugin?: boolean;
}

/**
 * Looks for the helm program, without running it.
 * @param explicit a path, or a name to be looked for on the PATH (`FLOTILLA_HELM`); null for `helm` on the PATH
 * @returns its path; null when `explicit` is null and there is none
 * @throws FlotillaError `helm-missing` when what `explicit` names is not there or not executable
 */
export async function findHelm(explicit: string | null): Promise<string | null> {
  if (explicit === null) return findOnPath("helm");
  const found = explicit.includes("/")
    ? (await isExecutable(explicit)) && resolve(explicit)
    : await findOnPath(explicit);
  if (found) return found;
  throw new FlotillaError("helm-missing", `There is no program ${explicit}, which FLOTILLA_HELM names.`, {
    hint: "Let FLOTILLA_HELM name a helm program, or unset it to use the one on the PATH.",
  });
}

/**
 * Asks a helm program for its version (about 0.06 s), the first time, and checks that flotilla can work with it.
 * @throws FlotillaError `helm-unsupported` for a Helm that is too old or too new; `helm-missing` when the program cannot be
 * started
 */
export async function openHelm(path: string, signal: AbortSignal): Promise<Helm> {
  const memory = await versionMemory(path);
  if (memory.printed !== null) return { path, ...parseHelmVersion(memory.printed, path) };
  const { stdout } = await runVersion(path, signal);
  const version = parseHelmVersion(stdout, path);
  await memory.remember(stdout);
  return { path, ...version };
}

/** Milliseconds that a helm may take to tell its version: one that hangs there hangs everywhere. */
const VERSION_LIMIT_MS = 15_000;

async function runVersion(path: string, signal: AbortSignal): Promise<{ readonly stdout: string }> {
  const deadline = withDeadline(
    signal,
    VERSION_LIMIT_MS,
    () =>
      new FlotillaError(
        "helm-unsupported",
        `${path} did not tell its version within ${VERSION_LIMIT_MS / 1000} seconds.`,
        { hint: "Run it by hand: helm version. A wrapper around helm may be waiting for something." },
      ),
  );
  try {
    const options = { env: helmEnvironment({ usesPlugin: false }), signal: deadline.signal, graceMs: 1_000 };
    return await runProcess(path, ["version", "--template", "{{.Version}}"], options);
  } catch (error) {
    if (!(error instanceof FlotillaError) || error.code !== "tool-missing") throw error;
    throw new FlotillaError("helm-missing", `${path} cannot be started.`, { hint: error.hint, cause: error });
  } finally {
    deadline.clear();
  }
}

async function findOnPath(name: string): Promise<string | null> {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const folder of folders) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return null;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
