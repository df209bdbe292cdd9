import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Duplex } from "node:stream";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { dialAddress } from "../../src/verify/dial.ts";
import { type Authority, makeAuthority } from "../support/certificates.ts";
import { type LoopbackServer, startLoopbackServer } from "../support/loopback-server.ts";
import { type SecureServer, startSecureServer } from "../support/secure-server.ts";
import { httpsTest, outcomes, probe, startTcpServer, tcpTest } from "./smoke-tests.ts";

let folder: string;
let authority: Authority;
let ca: string;
let server: SecureServer | LoopbackServer | null = null;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flotilla-verify-"));
  authority = await makeAuthority(folder, "shop");
  ca = await readFile(authority.caFile, "utf8");
});

afterAll(() => rm(folder, { recursive: true, force: true }));

afterEach(async () => {
  await server?.close();
  server = null;
});

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> {
  const started = await startSecureServer(await authority.issue("web.test"), handle);
  server = started;
  return started.port;
}

test("a page is served with a certificate that is right, and nothing without TLS", async () => {
  const seen: (string | undefined)[] = [];
  const port = await serve((request, response) => {
    seen.push(request.headers.host, request.headers.authorization, request.url);
    response.end("hello");
  });
  const results = await probe(httpsTest({ path: "/system?a=1" }), port, { ca, auth: "admin:secret-word" });
  expect(outcomes(results)).toEqual({
    connect: "passed",
    tls: "passed",
    https: "passed",
    "plain-text-refused": "passed",
    "unknown-authority-refused": "passed",
  });
  expect(seen).toEqual(["web.test", `Basic ${Buffer.from("admin:secret-word").toString("base64")}`, "/system?a=1"]);
  expect(JSON.stringify(results)).not.toContain("secret-word");
});

test.each([
  [503, "text/plain", "no healthy upstream", "backend-unavailable", "no healthy upstream"],
  [404, "text/html", "<html>secret page</html>", "http-status", "expected was one from 200 to 399"],
  [500, "application/json", '{"token":"abc"}', "http-status", "status 500"],
  [401, "text/plain", "", "login-refused", "takes no such login"],
  [403, "text/plain", "RBAC: access denied", "login-refused", "RBAC: access denied"],
])("status %i is told by its meaning", async (status, type, body, code, words) => {
  const port = await serve((_request, response) => response.writeHead(status, { "content-type": type }).end(body));
  const { https } = await probe(httpsTest(), port, { ca });
  expect(https).toMatchObject({ code, message: expect.stringContaining(words) });
  // Pages and documents may hold anything: only what gateways say in plain text is shown.
  expect(https?.message).not.toMatch(/secret page|abc/);
});

test("a page that breaks off in the middle is told as the cut connection that it is", async () => {
  const port = await serve((request, response) => {
    response.writeHead(200, { "content-type": "text/plain", "content-length": "100" });
    response.write("half of it", () => request.socket.end());
  });
  const { https } = await probe(httpsTest(), port, { ca });
  expect(https).toMatchObject({ code: "connection-cut", message: expect.stringContaining("cut the connection") });
});

test("the statuses that are declared are right, and no others", async () => {
  const port = await serve((_request, response) => response.writeHead(401).end());
  expect(outcomes(await probe(httpsTest({ statuses: [401, 403] }), port, { ca }))).toMatchObject({ https: "passed" });
  const { https } = await probe(httpsTest({ statuses: [200] }), port, { ca });
  expect(https).toMatchObject({ code: "login-refused" });
});

test("a port that serves the page without TLS as well is told", async () => {
  server = await startLoopbackServer((_request, response) => response.end("hello"));
  const port = Number(server.url.split(":").at(-1));
  const results = await probe(httpsTest({ tls: false }), port);
  expect(outcomes(results)).toEqual({ connect: "passed", https: "passed" });
  const strict = await probe(httpsTest(), port, { ca });
  expect(outcomes(strict)).toMatchObject({ tls: "tls-failed", https: "skipped" });
  expect(strict["tls"]?.message).toContain("does not speak TLS");
});

test("a server that cuts the connection, or says nothing of HTTP, is told", async () => {
  const cut = await startTcpServer((socket) => void socket.once("data", () => socket.destroy()));
  expect(outcomes(await probe(httpsTest({ tls: false }), cut.port))).toMatchObject({ https: "connection-cut" });
  expect(outcomes(await probe(httpsTest(), cut.port, { ca }))).toMatchObject({ tls: "tls-failed" });
  cut.close();
});

test("a port takes connections, with TLS where that is declared", async () => {
  const plain = await startTcpServer(() => {});
  expect(outcomes(await probe(tcpTest(), plain.port))).toEqual({ connect: "passed" });
  plain.close();
  expect(outcomes(await probe(tcpTest(), plain.port))).toEqual({ connect: "connection-refused" });
  const port = await serve(() => {});
  expect(outcomes(await probe(tcpTest({ tls: true, host: "web.test" }), port, { ca }))).toMatchObject({
    tls: "passed",
  });
});

test("a page comes over a stream that is no socket, as a forwarded port is", async () => {
  server = await startLoopbackServer((_request, response) => response.end("hello"));
  const port = Number(server.url.split(":").at(-1));
  const dial = async (signal: AbortSignal): Promise<Duplex> => {
    const socket = await dialAddress("127.0.0.1", port)(signal);
    const stream = new Duplex({
      read: () => {},
      write: (chunk, _encoding, done) => socket.write(chunk, done),
      destroy: (error, done) => {
        socket.destroy();
        done(error);
      },
    });
    socket.on("data", (chunk) => stream.push(chunk)).on("end", () => stream.push(null));
    return stream;
  };
  expect(outcomes(await probe(httpsTest({ tls: false }), port, { dial }))).toMatchObject({ https: "passed" });
});
