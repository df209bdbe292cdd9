import { once } from "node:events";
import { createServer, type IncomingMessage, request as requestOf } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** A real forward proxy on 127.0.0.1. It takes every host name for 127.0.0.1, so that any name can be asked for. */
export interface ProxyServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Every request: `CONNECT host:port` or `GET http://host:port/path`. */
  readonly requests: readonly string[];
  /** `Proxy-Authorization` of every request. */
  readonly logins: readonly (string | undefined)[];
  readonly close: () => Promise<void>;
}

/** How it answers to CONNECT: with a tunnel, with a status of refusal, or not at all. */
export type ConnectAnswer = "tunnel" | "silence" | number;

/** Starts a proxy; `ports` says to which local port a name's requests go (by default the one that was asked for). */
export async function startProxyServer(
  answer: ConnectAnswer = "tunnel",
  ports: Readonly<Record<string, number>> = {},
): Promise<ProxyServer> {
  const requests: string[] = [];
  const logins: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  const note = (request: IncomingMessage): URL => {
    requests.push(`${request.method ?? ""} ${request.url ?? ""}`);
    logins.push(request.headers["proxy-authorization"]);
    return request.method === "CONNECT" ? new URL(`https://${request.url ?? ""}`) : new URL(request.url ?? "");
  };
  const portOf = (target: URL, standard: number): number =>
    ports[target.hostname] ?? (target.port === "" ? standard : Number(target.port));
  const server = createServer((request, response) => {
    const target = note(request);
    const { method, headers } = request;
    const onward = requestOf({ host: "127.0.0.1", port: portOf(target, 80), path: target.pathname, method, headers });
    onward.once("response", (answered) => {
      response.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(response);
    });
    onward.once("error", () => response.writeHead(502).end());
    request.pipe(onward);
  });
  server.on("connection", (socket: Socket) => void sockets.add(socket.on("error", () => {})));
  server.on("connect", (request: IncomingMessage, client: Socket) => {
    const target = note(request);
    if (answer === "silence") return;
    if (typeof answer === "number") {
      client.end(`HTTP/1.1 ${answer} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const onward = connect(portOf(target, 443), "127.0.0.1", () => {
      client.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(client).pipe(onward);
    });
    sockets.add(onward.on("error", () => client.destroy()));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    logins,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
