import { FlotillaError } from "../model/errors.ts";
import { withDeadline } from "../runtime/abort.ts";
import { isSecretKey } from "../model/secret-keys.ts";
import { runProcess } from "../runtime/process.ts";
import { secrets } from "../runtime/redact.ts";

/** A kubeconfig user's `exec` section (client.authentication.k8s.io), as far as it is used. */
export interface ExecPlugin {
  readonly apiVersion?: string;
  readonly command: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly installHint?: string;
  readonly provideClusterInfo?: boolean;
}

/** What the plugin is told about the cluster when it asks for it. */
export interface ExecCluster {
  readonly server: string;
  readonly caData: string | null;
}

/** What the plugin gave. Secrets: never to be printed. */
export interface ExecCredential {
  readonly token: string | null;
  /** PEM. */
  readonly certificate: string | null;
  /** PEM. */
  readonly key: string | null;
  /** Milliseconds since the epoch; null when it does not say. */
  readonly expiresAt: number | null;
}

/** Milliseconds a plugin may take: it may ask a cloud, never a person. */
const TIME_LIMIT_MS = 60_000;

/**
 * Runs a credential plugin (AKS's kubelogin, `aws eks get-token`, gke-gcloud-auth-plugin …). client-node's own runner is
 * not used: it leaves out KUBERNETES_EXEC_INFO, which some plugins insist on, and its child would outlive us.
 * @throws FlotillaError `cluster-unauthorized` when the plugin is missing, fails or gives no credential; `interrupted`
 */
export async function runExecPlugin(
  plugin: ExecPlugin,
  cluster: ExecCluster,
  signal: AbortSignal,
): Promise<ExecCredential> {
  const environment = Object.fromEntries((plugin.env ?? []).map(({ name, value }) => [name, value]));
  for (const [name, value] of Object.entries(environment)) if (isSecretKey(name)) secrets.add(value);
  const late = (): FlotillaError => refused(plugin, `did not end within ${TIME_LIMIT_MS / 1000} s`, null);
  const deadline = withDeadline(signal, TIME_LIMIT_MS, late);
  const result = await runProcess(plugin.command, plugin.args ?? [], {
    env: { ...environment, KUBERNETES_EXEC_INFO: execInfo(plugin, cluster) },
    signal: deadline.signal,
    graceMs: 1000,
  })
    .catch((cause: unknown) => {
      throw cause instanceof FlotillaError && cause.code === "tool-missing"
        ? refused(plugin, "cannot be started", cause)
        : cause;
    })
    .finally(deadline.clear);
  if (result.exitCode !== 0) throw refused(plugin, `failed: ${lastLines(result.stderr)}`, null);
  return parseCredential(plugin, result.stdout);
}

function execInfo(plugin: ExecPlugin, cluster: ExecCluster): string {
  return JSON.stringify({
    apiVersion: plugin.apiVersion ?? "client.authentication.k8s.io/v1",
    kind: "ExecCredential",
    spec: {
      interactive: false,
      ...(plugin.provideClusterInfo === true && {
        cluster: {
          server: cluster.server,
          ...(cluster.caData !== null && { "certificate-authority-data": cluster.caData }),
        },
      }),
    },
  });
}

function parseCredential(plugin: ExecPlugin, output: string): ExecCredential {
  let status: Record<string, unknown>;
  try {
    // Only fields that are checked below are read from it.
    status = (JSON.parse(output) as { status: Record<string, unknown> }).status ?? {};
  } catch {
    throw refused(plugin, "did not print an ExecCredential", null);
  }
  const text = (name: string): string | null => {
    const value = status[name];
    return typeof value === "string" && value !== "" ? value : null;
  };
  const expires = Date.parse(text("expirationTimestamp") ?? "");
  const credential: ExecCredential = {
    token: text("token"),
    certificate: text("clientCertificateData"),
    key: text("clientKeyData"),
    expiresAt: Number.isNaN(expires) ? null : expires,
  };
  for (const secret of [credential.token, credential.key]) if (secret !== null) secrets.add(secret);
  if (credential.token === null && credential.certificate === null) throw refused(plugin, "gave no credential", null);
  return credential;
}

function lastLines(stderr: string): string {
  // Masked before it is cut: a piece of a secret would not be known any more.
  return secrets.text(stderr).trim().split("\n").slice(-3).join(" ").slice(0, 300) || "it said nothing";
}

function refused(plugin: ExecPlugin, why: string, cause: unknown): FlotillaError {
  return new FlotillaError("cluster-unauthorized", `The kubeconfig's credential plugin ${plugin.command} ${why}.`, {
    hint:
      plugin.installHint?.trim() ||
      "Check that the plugin is installed and that you are logged in; `kubectl get namespaces` must work.",
    cause,
  });
}
