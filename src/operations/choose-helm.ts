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

/** Gives the helm to use; each is worked out at the first call, and not again. */
export interface HelmProvider {
  /** Where it is; nothing is started for that. @throws FlotillaError `helm-missing` */
  readonly path: () => Promise<string>;
  /** With its version, for which it is started. @throws FlotillaError `helm-missing`, `helm-unsupported` */
  readonly open: () => Promise<Helm>;
}

/** Makes a provider: the named helm, else the one on the path, else flotilla's own from the cache. */
export function helmProvider(options: HelmOptions, context: RunContext): HelmProvider {
  let found: Promise<string> | null = null;
  let opened: Promise<Helm> | null = null;
  const path = (): Promise<string> => (found ??= choosePath(options, context));
  const open = (): Promise<Helm> => (opened ??= path().then((helm) => openHelm(helm, context.signal)));
  return { path, open };
}

async function choosePath(options: HelmOptions, context: RunContext): Promise<string> {
  const path =
    (await findHelm(options.helm)) ??
    (await findTool("helm4")) ??
    (options.fetch ? (await ensureTools(["helm4"], context)).helm4 : null);
  if (path !== null) return path;
  throw new FlotillaError("helm-missing", "There is no helm on the PATH.", {
    hint: "Install Helm 3.18 or newer (https://helm.sh/docs/intro/install/), or name one with FLOTILLA_HELM.",
  });
}
