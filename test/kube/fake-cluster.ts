import type { IncomingMessage, ServerResponse } from "node:http";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "../../src/kube/connect.ts";
import type { RequestLimits } from "../../src/kube/exchange.ts";
import type { KubeClient } from "../../src/kube/kube-client.ts";
import { startLoopbackServer } from "../support/loopback-server.ts";

/** One request as the fake API server got it. */
export interface SeenRequest {
  readonly method: string;
  /** With query. */
  readonly url: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** Tells connections apart. */
  readonly port: number | undefined;
}

/** A server that plays an API server, and a client connected to it by a kubeconfig. */
export interface FakeCluster {
  readonly url: string;
  readonly kubeconfig: string;
  readonly client: KubeClient;
  readonly seen: readonly SeenRequest[];
  readonly close: () => Promise<void>;
}

/** What a kubeconfig for the fake cluster is made of beside its server. */
export interface FakeOptions {
  /** The user's section, as YAML flow or JSON; a fixed token by default. */
  readonly user?: object;
  /** Added to the cluster's section. */
  readonly cluster?: object;
  readonly limits?: RequestLimits;
}

/** Starts a fake cluster whose every answer `handle` gives. */
export async function startFakeCluster(
  handle: (request: SeenRequest, response: ServerResponse) => void,
  options: FakeOptions = {},
): Promise<FakeCluster> {
  const seen: SeenRequest[] = [];
  const server = await startLoopbackServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const entry = describeRequest(request, Buffer.concat(chunks).toString("utf8"));
      seen.push(entry);
      handle(entry, response);
    });
  });
  const folder = await mkdtemp(join(tmpdir(), "flotilla-kube-"));
  const kubeconfig = join(folder, "config");
  await writeFile(kubeconfig, kubeconfigText(server.url, options));
  const limits = options.limits ?? { connectMs: 2000, responseMs: 2000 };
  const client = await connect({ kubeconfig, context: null }, { limits });
  return {
    url: server.url,
    kubeconfig,
    client,
    seen,
    close: async () => {
      client.close();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A kubeconfig with one context, `fake`. JSON is YAML. */
export function kubeconfigText(server: string, options: FakeOptions = {}): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "fake",
    contexts: [{ name: "fake", context: { cluster: "fake", user: "fake" } }],
    clusters: [{ name: "fake", cluster: { server, ...options.cluster } }],
    users: [{ name: "fake", user: options.user ?? { token: "first" } }],
  });
}

/** Answers with JSON. */
export function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** Answers with an error as the API server does. */
export function refuse(response: ServerResponse, code: number, reason: string, message: string): void {
  answer(response, code, { kind: "Status", apiVersion: "v1", status: "Failure", message, reason, code });
}

function describeRequest(request: IncomingMessage, body: string): SeenRequest {
  const url = new URL(request.url ?? "/", "http://fake");
  return {
    method: request.method ?? "",
    url: request.url ?? "",
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body,
    port: request.socket.remotePort,
  };
}
