import { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { FlotillaError } from "../model/errors.ts";
import { abortError } from "../runtime/abort.ts";
import { apiError, type RequestPurpose } from "./api-error.ts";
import type { ClusterAccess } from "./credentials.ts";
import { unreachable } from "./network-error.ts";
import type { PodConnection, PodPort } from "./pod-port.ts";
import { readBody } from "./response-body.ts";

/**
 * What kubelets understand on a WebSocket: a byte for the channel before each message, 0 for data and 1 for errors, and
 * the port's number as the first message of each (k8s.io/kubelet pkg/cri/streaming/portforward/websocket.go).
 */
const PROTOCOL = "v4.channel.k8s.io";
const DATA = 0;
const PORT_BYTES = 2;

/** Milliseconds until the API server and the kubelet have said yes. */
const OPEN_MS = 15_000;

/**
 * Opens one connection to a port of a pod, by way of the API server. Whether anybody listens there shows only afterwards, as
 * a rule: the stream then ends with an error.
 * @throws KubeApiError, such as `forbidden` (needs `pods/portforward`); FlotillaError `cluster-unreachable`, `interrupted`;
 * Error with the kubelet's words when it refuses at once
 */
export async function openPortForward(
  access: ClusterAccess,
  { namespace, pod, port }: PodPort,
  signal: AbortSignal,
): Promise<Duplex> {
  // Late: nothing else needs it.
  const { WebSocket } = await import("ws");
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/portforward?ports=${port}`;
  const url = new URL(access.server.href.replace(/\/$/, "") + path);
  url.protocol = access.server.protocol === "https:" ? "wss:" : "ws:";
  const purpose = { verb: "forward", target: `a port to pod "${pod}" in namespace ${namespace}` };
  const socket = new WebSocket(url, [PROTOCOL], {
    agent: access.agent,
    headers: { ...headersFor(access.headers), "user-agent": "flotilla" },
    ...(access.auth !== null && { auth: access.auth }),
    handshakeTimeout: OPEN_MS,
    perMessageDeflate: false,
  });
  // Before it is open: the first messages may come along with the yes.
  const stream = streamOf(socket);
  // Nor can anybody listen by then: an error that nobody listens for would end the process.
  stream.on("error", () => {});
  await opened(socket, access, purpose, signal);
  if (stream.errored) throw stream.errored;
  return stream;
}

/** The stream that a forwarded connection is. @throws FlotillaError `internal` for one that was not made here */
export function asStream(connection: PodConnection): Duplex {
  if (connection instanceof Duplex) return connection;
  throw new FlotillaError("internal", "A forwarded connection is no stream.");
}

function opened(
  socket: WebSocket,
  { server, context }: ClusterAccess,
  purpose: RequestPurpose,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      socket.terminate();
      reject(abortError(signal));
    };
    const settle = (): void => signal.removeEventListener("abort", abort);
    socket.once("open", () => {
      settle();
      resolve();
    });
    // Stays: what is terminated before it stands says so here.
    socket.on("error", (error) => {
      settle();
      reject(unreachable(server.href, context, error));
    });
    socket.once("unexpected-response", (_request, response) => {
      settle();
      readBody(response, OPEN_MS).then(
        (body) => reject(apiError(response.statusCode ?? 0, body, purpose, server.href)),
        (error: unknown) => reject(unreachable(server.href, context, error)),
      );
    });
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}

/** The data channel as a stream; a message on the error channel ends it. */
function streamOf(socket: WebSocket): Duplex {
  const begun = new Set<number>();
  const stream = new Duplex({
    read: () => socket.resume(),
    write: (chunk: Buffer, _encoding, done) => socket.send(Buffer.concat([Buffer.from([DATA]), chunk]), done),
    // There is no closing of one side: the other one would be cut off in the middle of an answer.
    final: (done) => done(),
    destroy: (error, done) => {
      socket.terminate();
      done(error);
    },
  });
  socket.on("message", (message: Buffer) => {
    const channel = message.readUInt8(0);
    const content = message.subarray(begun.has(channel) ? 1 : 1 + PORT_BYTES);
    begun.add(channel);
    if (content.length === 0) return;
    if (channel !== DATA) stream.destroy(new Error(content.toString("utf8").trim()));
    else if (!stream.push(content)) socket.pause();
  });
  socket.once("open", () => socket.on("error", (error) => stream.destroy(error)));
  socket.on("close", () => stream.push(null));
  return stream;
}

/** The type of ws knows one value a header only; a list becomes several headers, as under http. */
function headersFor(headers: ClusterAccess["headers"]): Record<string, string> {
  const set = Object.entries(headers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as Record<string, string>;
}
