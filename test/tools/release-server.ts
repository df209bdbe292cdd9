import { createHash } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";

/** Answers one request. */
export type Answer = (response: ServerResponse) => void;

/** A file server on loopback that stands for every release host: paths begin with the official host. */
export interface ReleaseServer {
  /** What FLOTILLA_TOOLS_MIRROR is set to. */
  readonly url: string;
  /** The paths that were asked for, in order. */
  readonly requests: string[];
  /** How many connections were opened. */
  connections: number;
  /** Path → answer; anything else is a 404. */
  readonly answers: Map<string, Answer>;
  readonly close: () => Promise<void>;
}

/** Starts a release server on a free port. */
export async function startReleaseServer(): Promise<ReleaseServer> {
  const answers = new Map<string, Answer>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? "");
    const answer = answers.get(request.url ?? "");
    if (answer) answer(response);
    else response.writeHead(404).end("not here");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const release: ReleaseServer = {
    url: `http://127.0.0.1:${port}`,
    requests,
    connections: 0,
    answers,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  server.on("connection", () => (release.connections += 1));
  return release;
}

/** The whole body, with its length. */
export function whole(body: Uint8Array | string): Answer {
  return (response) => response.writeHead(200, { "content-length": Buffer.byteLength(body) }).end(body);
}

/** Half of the body, then the connection is cut. */
export function cutOff(body: Uint8Array): Answer {
  return (response) => {
    response.writeHead(200, { "content-length": body.length });
    response.write(body.subarray(0, body.length / 2), () => response.destroy());
  };
}

/** Half of the body, then nothing; the connection stays. */
export function stalled(body: Uint8Array): Answer {
  return (response) => {
    response.writeHead(200, { "content-length": body.length });
    response.write(body.subarray(0, body.length / 2));
  };
}

/** The body in pieces, with a pause before each. */
export function slow(body: Uint8Array, pieces: number, pauseMs: number): Answer {
  return (response) => {
    response.writeHead(200, { "content-length": body.length });
    const size = Math.ceil(body.length / pieces);
    const send = (from: number): void => {
      if (from >= body.length) return void response.end();
      response.write(body.subarray(from, from + size));
      setTimeout(send, pauseMs, from + size);
    };
    setTimeout(send, pauseMs, 0);
  };
}

/** A tar.gz with these members. */
export async function tarGz(members: Readonly<Record<string, Uint8Array | string>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, body] of Object.entries(members)) archive.entry({ name }, Buffer.from(body));
  archive.finalize();
  return gzipSync(await buffer(archive));
}

/** SHA-256 in hexadecimal. */
export function sha256(body: Uint8Array | string): string {
  return createHash("sha256").update(body).digest("hex");
}
