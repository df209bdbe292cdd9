import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Agent, request } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parse } from "yaml";
import type { KubeJson } from "./cluster-api.ts";

/** What happens to a request instead of its way to the API server. */
export interface PlannedFault {
  /** Which requests: a part of the URL each must have. */
  readonly match: string;
  readonly status: number;
  readonly reason?: string;
  /** Seconds, for `Retry-After`. */
  readonly retryAfter?: number;
  /** How many requests it meets. */
  readonly times: number;
}

/** A server on loopback between us and a real API server: it passes all on, and fails when told to. */
export interface FaultyApi {
  /** Path of a kubeconfig that leads through it; its context is `faulty`. */
  readonly kubeconfig: string;
  /** Method and URL of every request so far. */
  readonly requests: readonly string[];
  fail(fault: PlannedFault): void;
  /** Cuts every stream that is open. */
  cutStreams(): void;
  /** Lets every stream that is open fall silent, without closing it. */
  silenceStreams(): void;
  /** How many streams are open. */
  streams(): number;
  /** Takes no connection any more, and cuts those that are there, until `comeBack`. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

/** Puts one before the API server of a kubeconfig with a client certificate in files (the sandbox's). */
export async function faultyApi(kubeconfig: string, folder: string): Promise<FaultyApi> {
  const config = parse(await readFile(kubeconfig, "utf8")) as KubeJson;
  const { cluster } = config["clusters"][0];
  const { user } = config["users"][0];
  const agent = new Agent({
    keepAlive: true,
    ca: await pem(cluster, "certificate-authority"),
    cert: await pem(user, "client-certificate"),
    key: await pem(user, "client-key"),
    rejectUnauthorized: cluster["insecure-skip-tls-verify"] !== true,
  });
  const requests: string[] = [];
  const faults: { fault: PlannedFault; left: number }[] = [];
  const streams = new Map<ServerResponse, IncomingMessage>();

  const forward = (incoming: IncomingMessage, response: ServerResponse): void => {
    const url = incoming.url ?? "/";
    requests.push(`${incoming.method} ${url}`);
    const planned = faults.find(({ fault, left }) => left > 0 && url.includes(fault.match));
    if (planned) {
      planned.left -= 1;
      refuse(response, planned.fault);
      return;
    }
    const { host: _host, connection: _connection, ...headers } = incoming.headers;
    const onward = request(new URL(url, cluster.server), { agent, method: incoming.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      // A watch that has nothing to tell is open all the same.
      response.flushHeaders();
      if (url.includes("watch=true")) {
        streams.set(response, answer);
        response.once("close", () => streams.delete(response));
      }
      answer.on("error", () => response.destroy());
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    incoming.pipe(onward);
  };

  let server = createServer(forward).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const path = join(folder, `faulty-${port}`);
  await writeFile(path, kubeconfigText(`http://127.0.0.1:${port}`));
  const goAway = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return {
    kubeconfig: path,
    requests,
    fail: (fault) => void faults.push({ fault, left: fault.times }),
    cutStreams: () => {
      for (const response of streams.keys()) response.destroy();
    },
    silenceStreams: () => {
      for (const [response, answer] of streams) answer.unpipe(response);
    },
    streams: () => streams.size,
    goAway,
    comeBack: async () => {
      server = createServer(forward).listen(port, "127.0.0.1");
      await once(server, "listening");
    },
    close: async () => {
      await goAway();
      agent.destroy();
    },
  };
}

function refuse(response: ServerResponse, { status, reason = "", retryAfter }: PlannedFault): void {
  const headers = retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
  const body = { kind: "Status", apiVersion: "v1", status: "Failure", message: "planned", reason, code: status };
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

/** JSON is YAML. */
function kubeconfigText(server: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "faulty",
    contexts: [{ name: "faulty", context: { cluster: "faulty", user: "faulty" } }],
    clusters: [{ name: "faulty", cluster: { server } }],
    users: [{ name: "faulty", user: {} }],
  });
}

async function pem(holder: KubeJson, key: string): Promise<Buffer | undefined> {
  if (holder[`${key}-data`]) return Buffer.from(holder[`${key}-data`] as string, "base64");
  return holder[key] ? readFile(holder[key] as string) : undefined;
}
