import { findHelm, type Helm, openHelm } from "../helm/helm.ts";
import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import { ensureTools } from "../tools/ensure-tools.ts";
import { findTool } from "../tools/tool-cache.ts";

/** Which helm a command may use. */
export interface HelmOptions {
  /** `FLOTILLA_HELM`; null when it is not set. */
  readonly helm: string | null;
  /** On the sandbox a missing helm is fetched. */
  readonly fetch: boolean;
}

/** Gives the helm to use; it is looked for and asked for its version at the first call, and not again. */
export type HelmProvider = () => Promise<Helm>;

/**
 * Makes a provider.
 * @throws FlotillaError from the provider: `helm-missing`, `helm-unsupported`
 */
export function helmProvider(options: HelmOptions, context: RunContext): HelmProvider {
  let opened: Promise<Helm> | null = null;
  return () => (opened ??= chooseHelm(options, context));
}

/**
 * The helm to use: the named one, else the one on the path, else flotilla's own from the cache.
 * @throws FlotillaError `helm-missing`, `helm-unsupported`
 */
async function chooseHelm(options: HelmOptions, context: RunContext): Promise<Helm> {
  const path =
    (await findHelm(options.helm)) ??
    (await findTool("helm4")) ??
    (options.fetch ? (await ensureTools(["helm4"], context)).helm4 : null);
  if (path === null) {
    throw new FlotillaError("helm-missing", "There is no helm on the PATH.", {
      hint: "Install Helm 3.18 or newer (https://helm.sh/docs/intro/install/), or name one with FLOTILLA_HELM.",
    });
  }
  return openHelm(path, context.signal);
}
