import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect as connectTcp, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { connect } from "../../src/kube/connect.ts";
import type { KubeClient } from "../../src/kube/kube-client.ts";
import { asStream } from "../../src/kube/port-forward.ts";
import { kubeconfigText } from "./fake-cluster.ts";

const never = new AbortController().signal;
const POD = { namespace: "ingress", pod: "gateway-1" };
const REFUSED = "error forwarding port 1 to pod x: dial tcp4 127.0.0.1:1: connect: connection refused";
const REFUSED_AT_ONCE = 2;

let api: Server;
let client: KubeClient;
let folder: string;
let echo: ReturnType<typeof createTcpServer>;
let echoPort: number;
const seen: IncomingMessage[] = [];

/** What a kubelet does: the port on each channel first, then data on 0 and errors on 1. */
function forward(socket: WebSocket, port: number): void {
  const number = Buffer.from([port & 0xff, port >> 8]);
  socket.send(Buffer.concat([Buffer.from([0]), number]));
  socket.send(Buffer.concat([Buffer.from([1]), number]));
  if (port === REFUSED_AT_ONCE) return socket.send(Buffer.concat([Buffer.from([1]), Buffer.from(REFUSED)]));
  const inner = connectTcp(port, "127.0.0.1");
  inner.on("data", (chunk) => socket.send(Buffer.concat([Buffer.from([0]), chunk])));
  inner.on("error", () => socket.send(Buffer.concat([Buffer.from([1]), Buffer.from(REFUSED)])));
  inner.on("end", () => socket.close());
  socket.on("message", (message: Buffer) => inner.write(message.subarray(1)));
  socket.on("close", () => inner.destroy());
}

beforeAll(async () => {
  echo = createTcpServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)).listen(0, "127.0.0.1");
  await once(echo, "listening");
  echoPort = (echo.address() as AddressInfo).port;
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "v4.channel.k8s.io" });
  api = createServer().listen(0, "127.0.0.1");
  api.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    seen.push(request);
    const url = new URL(request.url ?? "", "http://api");
    if (url.pathname.includes("/secret-namespace/")) {
      const body = JSON.stringify({
        kind: "Status",
        message: 'pods "gateway-1" is forbidden: User "me" cannot create resource "pods/portforward"',
        reason: "Forbidden",
        code: 403,
      });
      socket.end(`HTTP/1.1 403 Forbidden\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
      return;
    }
    // What is said at once comes along with the yes.
    socket.cork();
    sockets.handleUpgrade(request, socket, head, (ws) => forward(ws, Number(url.searchParams.get("ports"))));
    socket.uncork();
  });
  await once(api, "listening");
  folder = await mkdtemp(join(tmpdir(), "flotilla-forward-"));
  const kubeconfig = join(folder, "config");
  await writeFile(kubeconfig, kubeconfigText(`http://127.0.0.1:${(api.address() as AddressInfo).port}`));
  client = await connect({ kubeconfig, context: null });
});

afterAll(async () => {
  client.close();
  echo.close();
  api.closeAllConnections();
  api.close();
  await rm(folder, { recursive: true, force: true });
});

describe("a forwarded port", () => {
  test("carries bytes both ways, with the kubeconfig's credentials", async () => {
    const stream = asStream(await client.portForward({ ...POD, port: echoPort }, never));
    const sent = Buffer.alloc(300_000, "0123456789");
    const received: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => received.push(chunk));
    stream.write(sent);
    while (Buffer.concat(received).length < sent.length) await once(stream, "data");
    expect(Buffer.concat(received).equals(sent)).toBe(true);
    stream.destroy();
    const request = seen.at(-1);
    expect(request?.url).toBe(`/api/v1/namespaces/ingress/pods/gateway-1/portforward?ports=${echoPort}`);
    expect(request?.headers.authorization).toBe("Bearer first");
    expect(request?.headers["sec-websocket-protocol"]).toBe("v4.channel.k8s.io");
  });

  test("ends when the pod closes", async () => {
    const closing = createTcpServer((socket) => socket.end("bye")).listen(0, "127.0.0.1");
    await once(closing, "listening");
    const stream = asStream(await client.portForward({ ...POD, port: (closing.address() as AddressInfo).port }, never));
    let text = "";
    for await (const chunk of stream) text += String(chunk);
    expect(text).toBe("bye");
    closing.close();
  });

  test("where nobody listens ends with what the kubelet says", async () => {
    const stream = asStream(await client.portForward({ ...POD, port: 1 }, never));
    await expect(once(stream, "end")).rejects.toThrow("connection refused");
  });

  test("where that is known at once, too", async () => {
    const opened = client.portForward({ ...POD, port: REFUSED_AT_ONCE }, never);
    await expect(opened.then((connection) => once(asStream(connection), "end"))).rejects.toThrow("connection refused");
  });

  test("is refused to who may not have it", async () => {
    const refused = client.portForward({ namespace: "secret-namespace", pod: "gateway-1", port: 1 }, never);
    await expect(refused).rejects.toMatchObject({
      code: "forbidden",
      message: expect.stringContaining("forward a port"),
    });
  });

  test("is not opened for who no longer wants it", async () => {
    await expect(client.portForward({ ...POD, port: echoPort }, AbortSignal.abort())).rejects.toMatchObject({
      code: "interrupted",
    });
  });
});
