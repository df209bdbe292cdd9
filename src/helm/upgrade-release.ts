import { FlotillaError } from "../model/errors.ts";
import type { JsonObject } from "../model/json.ts";
import type { Helm, HelmTarget } from "./helm.ts";
import { forceFlags, helmDuration, runHelm, waitFlags } from "./run-helm.ts";

/** A release as it should be. */
export interface UpgradeRequest {
  readonly name: string;
  readonly namespace: string;
  /** Path of a chart's folder or archive. */
  readonly chart: string;
  /** All of them: nothing is taken over from the revision before. */
  readonly values: JsonObject;
  /** Labels of Helm's record; those of the revision before stay unless named here. */
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds that Helm may spend on hooks and, with `hookWait`, on readiness. */
  readonly timeoutMs: number;
  /** The chart has hooks that run after readiness, so Helm itself has to wait for it. */
  readonly hookWait: boolean;
  /** Objects that are there already become the release's, whoever made them. */
  readonly takeOwnership?: boolean;
  /** Fields that others hold are taken over, or back. Only for releases that Helm 4 applies on the server's side. */
  readonly forceConflicts?: boolean;
}

/** What helm made of a release. */
export interface UpgradedRelease {
  readonly revision: number;
  /** Helm's own word, `deployed` as a rule. */
  readonly status: string;
  /** What was applied, hooks not included. */
  readonly manifest: string;
}

/**
 * Installs or upgrades a release (`helm upgrade --install`). Values go in by standard input, never by argument. The
 * namespace must exist.
 * @throws FlotillaError `helm-failed` (a HelmError), `cluster-unreachable`, `cluster-unauthorized`, `context-unknown`,
 * `interrupted`
 */
export async function upgradeRelease(
  helm: Helm,
  target: HelmTarget,
  request: UpgradeRequest,
  signal: AbortSignal,
): Promise<UpgradedRelease> {
  const { name, namespace, chart, values, labels, timeoutMs, hookWait } = request;
  const { takeOwnership = false, forceConflicts = false } = request;
  const labelFlags = Object.entries(labels).flatMap(([key, value]) => ["--labels", `${key}=${value}`]);
  const stdout = await runHelm(
    helm,
    {
      work: { verb: "upgrade", name, namespace },
      args: [
        "upgrade",
        name,
        chart,
        "--install",
        "--output=json",
        "--values=-",
        // Without it Helm takes empty values for "those of the revision before" (pkg/action/upgrade.go, reuseValues).
        "--reset-values",
        `--timeout=${helmDuration(timeoutMs)}`,
        ...labelFlags,
        ...(hookWait ? waitFlags(helm) : []),
        ...(takeOwnership ? ["--take-ownership"] : []),
        ...(takeOwnership || forceConflicts ? forceFlags(helm) : []),
      ],
      target,
      input: JSON.stringify(values),
    },
    signal,
  );
  return readUpgrade(stdout, name);
}

/** Reads `-o json`; it holds the values as well, so it is never quoted. */
function readUpgrade(stdout: string, name: string): UpgradedRelease {
  try {
    // The shape of Helm's release, pkg/release/v1/release.go; checked below as far as it is used.
    const printed = JSON.parse(stdout) as { version?: unknown; manifest?: unknown; info?: { status?: unknown } };
    const { version, manifest, info } = printed;
    if (typeof version === "number" && typeof info?.status === "string") {
      return { revision: version, status: info.status, manifest: typeof manifest === "string" ? manifest : "" };
    }
  } catch {
    // Not JSON: told below, without what JSON.parse would quote.
  }
  throw new FlotillaError("helm-failed", `helm upgrade of ${name} ended well, but did not print the release.`, {
    hint: "A wrapper around helm may be writing to its standard output; let FLOTILLA_HELM name the helm program itself.",
  });
}
