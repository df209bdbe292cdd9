import { readFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import { setTimeout } from "node:timers/promises";
import { parse } from "yaml";

/** A plain client of a cluster's API, apart from flotilla's own: what tests know, they know from here. */
export interface ClusterApi {
  /** The body as it is. */
  text(path: string): Promise<string>;
  /** Parsed body; null for 404. */
  get(path: string): Promise<KubeJson | null>;
  send(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown, type?: string): Promise<KubeJson>;
  /** Calls back for each event of a watch until `close`. */
  watch(path: string, onEvent: (type: string, object: KubeJson) => void): void;
  close(): void;
}

/** Raw JSON of the API, as loosely as a test needs it. */
export interface KubeJson {
  // eslint-disable-next-line typescript/no-explicit-any -- tests reach deep into raw objects and fail when a path is wrong
  readonly [key: string]: any;
}

/** Opens a client for the current context of a kubeconfig, with a client certificate as sandbox, Minikube and kind have. */
export async function clusterApi(kubeconfig: string): Promise<ClusterApi> {
  const config = parse(await readFile(kubeconfig, "utf8")) as KubeJson;
  const named = (list: string, name: string): KubeJson =>
    config[list].find((entry: KubeJson) => entry["name"] === name) as KubeJson;
  const { context } = named("contexts", config["current-context"] as string);
  const { server, ...cluster } = named("clusters", context.cluster)["cluster"];
  const { user } = named("users", context.user);
  const pem = (holder: KubeJson, key: string): Promise<Buffer> | Buffer | undefined =>
    holder[`${key}-data`]
      ? Buffer.from(holder[`${key}-data`], "base64")
      : holder[key]
        ? readFile(holder[key] as string)
        : undefined;
  const agent = new Agent({
    keepAlive: true,
    ca: await pem(cluster, "certificate-authority"),
    cert: await pem(user, "client-certificate"),
    key: await pem(user, "client-key"),
    rejectUnauthorized: cluster["insecure-skip-tls-verify"] !== true,
  });
  const exchangeOnce = (
    method: string,
    path: string,
    body: unknown,
    type: string,
  ): Promise<[status: number, text: string, retryAfterMs: number]> =>
    new Promise((resolve, reject) => {
      const sent = body === undefined ? "" : JSON.stringify(body);
      // Node sends the body of a DELETE without its length, which the next request on the connection would pay for.
      const headers = { "content-type": type, "content-length": Buffer.byteLength(sent) };
      const call = request(`${server}${path}`, { agent, method, headers }, (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        const retryAfterMs = Number(response.headers["retry-after"] ?? 1) * 1000;
        response.on("end", () => resolve([response.statusCode ?? 0, text, retryAfterMs]));
      });
      call.on("error", reject);
      call.end(sent);
    });
  /** A server that sets up the storage of a new kind, or is busy, says when to come back. */
  const exchange = async (
    method: string,
    path: string,
    body?: unknown,
    type = "application/json",
  ): Promise<[number, string]> => {
    for (let left = 20; ; left -= 1) {
      const [status, text, retryAfterMs] = await exchangeOnce(method, path, body, type);
      if (status !== 429 || left === 0) return [status, text];
      await setTimeout(retryAfterMs);
    }
  };
  const send: ClusterApi["send"] = async (method, path, body, type) => {
    const [status, text] = await exchange(method, path, body, type);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
    return JSON.parse(text) as KubeJson;
  };
  return {
    send,
    text: async (path) => (await exchange("GET", path))[1],
    get: async (path) => {
      const [status, text] = await exchange("GET", path);
      if (status === 404) return null;
      if (status >= 300) throw new Error(`GET ${path}: ${status} ${text}`);
      return JSON.parse(text) as KubeJson;
    },
    watch: (path, onEvent) => {
      const call = request(`${server}${path}${path.includes("?") ? "&" : "?"}watch=true`, { agent }, (response) => {
        let rest = "";
        response.on("data", (chunk: Buffer) => {
          const lines = (rest + chunk.toString()).split("\n");
          rest = lines.pop() ?? "";
          for (const line of lines) {
            const event = JSON.parse(line) as KubeJson;
            onEvent(event["type"] as string, event["object"] as KubeJson);
          }
        });
        response.on("error", () => {});
      });
      call.on("error", () => {});
      call.end();
    },
    close: () => agent.destroy(),
  };
}
