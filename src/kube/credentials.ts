import { readFile } from "node:fs/promises";
import type { Agent, OutgoingHttpHeaders } from "node:http";
import { Agent as HttpsAgent, type RequestOptions } from "node:https";
import { createSecureContext } from "node:tls";
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { FlotillaError } from "../model/errors.ts";
import { secrets } from "../runtime/redact.ts";
import { keepRequestSecrets, keepUrlSecret } from "../runtime/request-secrets.ts";
import type { ClusterTarget } from "./cluster-target.ts";
import { type ExecCredential, runExecPlugin } from "./exec-credential.ts";
import { proxyFor } from "./proxy.ts";

/** How requests to one cluster are made and authenticated. Holds secrets: never to be printed. */
export interface ClusterAccess {
  /** The kubeconfig context. */
  readonly context: string;
  /** True when the identity of the pod we run in is used, with no kubeconfig. */
  readonly inCluster: boolean;
  /** True when a credential plugin was asked. */
  readonly usesPlugin: boolean;
  /** The API server's base URL; a path in it is kept. */
  readonly server: URL;
  /** Keeps connections; carries certificates, trust and proxy. */
  readonly agent: Agent;
  readonly headers: OutgoingHttpHeaders;
  /** `user:password` for basic authentication; null for none. */
  readonly auth: string | null;
  /** When the credentials end, in milliseconds since the epoch; null when unknown. */
  readonly expiresAt: number | null;
}

/** Milliseconds after which an idle connection is closed, before the boxes in between forget it without a word. */
const IDLE_CONNECTION_MS = 30_000;

/**
 * Reads credentials anew, from the files on: also what is called when the API server no longer takes the old ones.
 * @throws FlotillaError `context-unknown`, `cluster-unauthorized` (credential plugin or login expired)
 */
export async function loadAccess(target: ClusterTarget, signal: AbortSignal): Promise<ClusterAccess> {
  // Late, so that commands that need no cluster do not pay for it.
  const { readKubeconfig } = await import("./kubeconfig.ts");
  const { config, extras, inCluster } = await readKubeconfig(target);
  const context = config.getCurrentContext();
  const server = serverOf(config);
  adaptCluster(config, server);
  const credential = await execCredential(config, signal);
  if (extras !== null && extras.tokenFile !== null) await useTokenFile(config, extras.tokenFile);
  const options: RequestOptions = { headers: {}, timeout: IDLE_CONNECTION_MS };
  const agent = await agentOf(config, options).catch((cause: unknown) => {
    throw new FlotillaError(
      "cluster-unauthorized",
      `The credentials of context ${context} cannot be used: ${String(cause)}.`,
      {
        hint: "Log in to the cluster again, or check the files that the kubeconfig names.",
        cause,
      },
    );
  });
  keepSecrets(config, options);
  return {
    context,
    inCluster,
    usesPlugin: credential !== null,
    server,
    agent,
    headers: { ...plainHeaders(options.headers), ...extras?.impersonation },
    auth: options.auth ?? null,
    expiresAt: credential?.expiresAt ?? null,
  };
}

/**
 * Puts what a request needs into its options. client-node makes agents that open a connection per request, and read
 * certificates and key anew for each: a plan's first questions come a dozen at once. Throws what these throw.
 */
async function agentOf(config: KubeConfig, options: RequestOptions): Promise<Agent> {
  await config.applyToHTTPSOptions(options);
  const { agent } = options;
  if (typeof agent !== "object") throw new Error("client-node made no agent");
  if (agent instanceof HttpsAgent && agent.constructor === HttpsAgent) {
    agent.options.secureContext = createSecureContext(agent.options);
  }
  return Object.assign(agent, { keepAlive: true });
}

/** What proves who we are is in no message, whoever quotes it. */
function keepSecrets(config: KubeConfig, { headers, auth, key }: RequestOptions): void {
  keepRequestSecrets(plainHeaders(headers));
  keepUrlSecret(config.getCurrentCluster()?.proxyUrl);
  if (typeof auth === "string") secrets.add(auth.slice(auth.indexOf(":") + 1));
  if (typeof key === "string" || Buffer.isBuffer(key)) secrets.add(key.toString());
}

function serverOf(config: KubeConfig): URL {
  const server = config.getCurrentCluster()?.server ?? "";
  if (URL.canParse(server)) return new URL(server);
  throw new FlotillaError(
    "context-unknown",
    `The server "${server}" of context ${config.getCurrentContext()} is not a URL.`,
    {
      hint: "Correct `server` in the kubeconfig's `clusters`.",
    },
  );
}

/** Fills in the environment's proxy, and lets plain HTTP through, which client-node refuses and kubectl does not. */
function adaptCluster(config: KubeConfig, server: URL): void {
  const current = config.getCurrentCluster();
  const proxyUrl = current?.proxyUrl ?? proxyFor(server, process.env);
  config.loadFromOptions({
    clusters: config.getClusters().map((cluster) =>
      cluster.name === current?.name
        ? {
            ...cluster,
            ...(proxyUrl !== null && { proxyUrl }),
            skipTLSVerify: cluster.skipTLSVerify || server.protocol === "http:",
          }
        : cluster,
    ),
    users: config.getUsers(),
    contexts: config.getContexts(),
    currentContext: config.getCurrentContext(),
  });
}

/** Runs the current user's credential plugin, if it has one, and puts what it gave in the plugin's place. */
async function execCredential(config: KubeConfig, signal: AbortSignal): Promise<ExecCredential | null> {
  const user = config.getCurrentUser();
  if (!user?.exec) return null;
  const cluster = config.getCurrentCluster();
  const credential = await runExecPlugin(
    user.exec,
    { server: cluster?.server ?? "", caData: cluster?.caData ?? null },
    signal,
  );
  const { token, certificate, key } = credential;
  Object.assign(user, {
    exec: null,
    ...(token !== null && { token }),
    ...(certificate !== null && key !== null && { certData: base64(certificate), keyData: base64(key) }),
  });
  return credential;
}

/** Takes the current user's token from its file; one beside it in the kubeconfig counts only while there is no file. */
async function useTokenFile(config: KubeConfig, file: string): Promise<void> {
  const user = config.getCurrentUser();
  if (user === null) return;
  try {
    Object.assign(user, { token: (await readFile(file, "utf8")).trim() });
  } catch (cause) {
    if (user.token) return;
    throw new FlotillaError(
      "cluster-unauthorized",
      `The token of context ${config.getCurrentContext()} cannot be read from ${file}.`,
      { hint: "Check the kubeconfig's `tokenFile`; `kubectl get namespaces` must work.", cause },
    );
  }
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}

function plainHeaders(headers: RequestOptions["headers"]): OutgoingHttpHeaders {
  return Array.isArray(headers) || headers === undefined ? {} : { ...(headers as OutgoingHttpHeaders) };
}
