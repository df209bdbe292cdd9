import { readFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import { parse } from "yaml";

/** A plain client of a cluster's API, apart from flotilla's own: what tests know, they know from here. */
export interface ClusterApi {
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

/** Opens a client for a kubeconfig with a client certificate (the sandbox's). */
export async function clusterApi(kubeconfig: string): Promise<ClusterApi> {
  const config = parse(await readFile(kubeconfig, "utf8")) as KubeJson;
  const { server, ...cluster } = config["clusters"][0].cluster;
  const user = config["users"][0].user;
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
  const exchange = (
    method: string,
    path: string,
    body?: unknown,
    type = "application/json",
  ): Promise<[number, string]> =>
    new Promise((resolve, reject) => {
      const call = request(`${server}${path}`, { agent, method, headers: { "content-type": type } }, (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () => resolve([response.statusCode ?? 0, text]));
      });
      call.on("error", reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
  const send: ClusterApi["send"] = async (method, path, body, type) => {
    const [status, text] = await exchange(method, path, body, type);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
    return JSON.parse(text) as KubeJson;
  };
  return {
    send,
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
