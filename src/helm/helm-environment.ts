import { FlotillaError } from "../model/errors.ts";

/** Settings that would send helm to another cluster, namespace or identity than the flags that flotilla gives it. */
const REDIRECTING = /^HELM_(?:KUBE.*|NAMESPACE)$/;

/** Values of HELM_DRIVER for which Helm keeps its releases in Secrets (helm.sh/helm pkg/action/action.go). */
const SECRET_DRIVERS: readonly string[] = ["", "secret", "secrets"];

/**
 * Changes to our own environment for helm: nothing in it redirects helm, adds to what it prints or runs plugins (charts
 * are always local by then, so no plugin is needed). Everything else stays: proxies, credentials of exec plugins,
 * `HOME`, `HELM_MAX_HISTORY`.
 */
export function helmEnvironment(): Readonly<Record<string, string | undefined>> {
  const redirecting = Object.keys(process.env).filter((name) => REDIRECTING.test(name));
  return {
    ...Object.fromEntries(redirecting.map((name) => [name, undefined])),
    HELM_DEBUG: undefined,
    HELM_NO_PLUGINS: "1",
    NO_COLOR: "1",
  };
}

/**
 * @param driver the value of HELM_DRIVER
 * @throws FlotillaError `helm-unsupported` unless Helm keeps its releases in Secrets
 */
export function checkStorageDriver(driver: string | undefined): void {
  if (SECRET_DRIVERS.includes(driver ?? "")) return;
  throw new FlotillaError(
    "helm-unsupported",
    `HELM_DRIVER is ${driver}; flotilla reads Helm's releases from Secrets.`,
    {
      hint: "Unset HELM_DRIVER, or set it to secret.",
    },
  );
}
