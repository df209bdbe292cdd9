import { FlotillaError } from "../model/errors.ts";
import { secrets } from "../runtime/redact.ts";

/** Settings that would send helm to another cluster, namespace or identity than the flags that flotilla gives it. */
const REDIRECTING = /^HELM_(?:KUBE.*|NAMESPACE)$/;

/** Values of HELM_DRIVER for which Helm keeps its releases in Secrets (helm.sh/helm pkg/action/action.go). */
const SECRET_DRIVERS: readonly string[] = ["", "secret", "secrets"];

/**
 * How much garbage Go may let lie, in percent of what is alive (pkg.go.dev/runtime, GOGC; 100 by default). A helm lives
 * for a second or two: collecting less spares a sixth of its work on Istio's base chart and costs some 150 MB.
 */
const GARBAGE = "400";

/** Our own settings: helm has no use for them. */
const OURS = /^FLOTILLA_/;

/**
 * Changes to our own environment for helm: nothing in it redirects helm, adds to what it prints or runs plugins of its
 * own (charts are always local by then, so none is needed), and no variable whose value is a known secret is handed on:
 * values go in by standard input. Everything else stays: proxies, `HOME`, `HELM_MAX_HISTORY`. For a credential plugin,
 * which may need any of them for its login, the secrets stay too.
 */
export function helmEnvironment({
  usesPlugin,
}: {
  readonly usesPlugin: boolean;
}): Readonly<Record<string, string | undefined>> {
  const withheld = Object.entries(process.env).flatMap(([name, value = ""]) =>
    REDIRECTING.test(name) || OURS.test(name) || (!usesPlugin && secrets.isSecret(value)) ? [name] : [],
  );
  return {
    ...Object.fromEntries(withheld.map((name) => [name, undefined])),
    GOGC: process.env["GOGC"] ?? GARBAGE,
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
