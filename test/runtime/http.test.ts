import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FlotillaError } from "../../src/model/errors.ts";
import { type HttpOptions, httpRequest, networkError } from "../../src/runtime/http.ts";
import { type LoopbackServer, sendBody, startLoopbackServer } from "../support/loopback-server.ts";
import { NO_PROXIES, useVariables } from "../support/variables.ts";

const setVariables = useVariables();
beforeEach(() => setVariables(NO_PROXIES));

const servers: LoopbackServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<LoopbackServer> {
  const server = await startLoopbackServer(handle);
  servers.push(server);
  return server;
}

const get = (url: string, options: Partial<HttpOptions> = {}) =>
  httpRequest(url, { signal: AbortSignal.timeout(10_000), ...options });
const failure = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

/** A port of this machine where nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

describe("an answer", () => {
  test("comes with its status whatever that is, headers in lower case and the body", async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(404, { "X-Why": "gone", "Set-Cookie": ["a=1", "b=2"] }).end("nothing here");
    });
    const response = await get(`${url}/x`);
    expect(response).toMatchObject({ status: 404, url: `${url}/x` });
    expect(response.headers).toMatchObject({ "x-why": "gone", "set-cookie": "a=1, b=2" });
    expect(await response.text()).toBe("nothing here");
  });

  test("is to what was sent", async () => {
    const { url } = await serve((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += String(chunk)));
      request.on("end", () => {
        response.end([request.method, request.headers["x-own"], request.headers["user-agent"], body].join(" "));
      });
    });
    const response = await get(url, { method: "POST", body: "sent", headers: { "x-own": "mine" } });
    expect(await response.text()).toBe("POST mine flotilla sent");
  });

  test("may be thrown away, and the next request still works", async () => {
    const { url } = await serve((_request, response) => response.end("x".repeat(1_000_000)));
    await (await get(url)).discard();
    expect(await (await get(url)).text()).toHaveLength(1_000_000);
  });

  test("beyond the limit is refused", async () => {
    const { url } = await serve((_request, response) => response.end("x".repeat(100_000)));
    expect(await (await get(url)).text(100_000)).toHaveLength(100_000);
    const error = await failure((await get(url)).text(99_999));
    expect(error).toMatchObject({ code: "source-unreachable", message: expect.stringContaining("99999 bytes") });
  });
});

describe("a redirect", () => {
  const away =
    (location: string, status = 302) =>
    (request: IncomingMessage, response: ServerResponse) => {
      if (request.url === "/end") response.end(`${request.method} ${request.headers.authorization ?? "no login"}`);
      else response.writeHead(status, { location }).end();
    };

  test("is followed, on the same server with the credentials", async () => {
    const { url, requests } = await serve(away("/end", 307));
    const response = await get(`${url}/start`, { headers: { authorization: "Bearer x" } });
    expect(await response.text()).toBe("GET Bearer x");
    expect(requests).toEqual(["GET /start", "GET /end"]);
  });

  test("to another server loses the credentials", async () => {
    const other = await serve(away("/end"));
    const { url } = await serve(away(`${other.url}/end`));
    const response = await get(`${url}/start`, { headers: { authorization: "Bearer x", cookie: "a=1" } });
    expect(await response.text()).toBe("GET no login");
  });

  test("is given as it is where the caller wants that", async () => {
    const { url, requests } = await serve(away("/end"));
    const response = await get(`${url}/start`, { redirect: "manual" });
    expect(response).toMatchObject({ status: 302, headers: { location: "/end" } });
    await response.discard();
    expect(requests).toEqual(["GET /start"]);
  });

  test("in a circle is an error that says so", async () => {
    const { url, host } = await serve(away("/start"));
    expect(await failure(get(`${url}/start`))).toMatchObject({
      code: "source-unreachable",
      message: `${host} cannot be reached: it redirects in a circle.`,
    });
  });

  test("without end is given up after ten", async () => {
    const { url, requests } = await serve((request, response) => {
      response.writeHead(302, { location: `${request.url ?? ""}x` }).end();
    });
    const response = await get(`${url}/x`);
    expect(response.status).toBe(302);
    await response.discard();
    expect(requests).toHaveLength(11);
  });

  test("to a server that is down names that one", async () => {
    const port = await closedPort();
    const { url } = await serve(away(`http://127.0.0.1:${port}/end`));
    const error = await failure(get(`${url}/start`));
    expect(error).toMatchObject({ message: `127.0.0.1:${port} cannot be reached: the connection was refused.` });
  });
});

describe("no answer", () => {
  test("because nobody listens: says host and why, and what to look at", async () => {
    const host = `127.0.0.1:${await closedPort()}`;
    const error = await failure(get(`http://user:secret@${host}/x?token=secret`));
    expect(error).toBeInstanceOf(FlotillaError);
    expect(error).toMatchObject({
      code: "source-unreachable",
      message: `${host} cannot be reached: the connection was refused.`,
      hint: expect.stringContaining("HTTPS_PROXY"),
    });
  });

  test("because the server never says a word", async () => {
    const { url } = await serve(() => {});
    const error = await failure(get(url, { stallTimeoutMs: 200 }));
    expect(error).toMatchObject({ message: expect.stringContaining("no answer in time") });
  });

  test("because the connection never stands", async () => {
    const server = createServer(() => {}).listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      // Taken, but nobody shakes hands.
      const error = await failure(
        get(`https://127.0.0.1:${(server.address() as AddressInfo).port}`, { connectTimeoutMs: 300 }),
      );
      expect(error).toMatchObject({ message: expect.stringContaining("no connection in time") });
    } finally {
      server.close();
    }
  });

  test("because the server does not speak TLS", async () => {
    const { host } = await serve((_request, response) => response.end());
    const error = await failure(get(`https://${host}`));
    expect(error).toMatchObject({ message: `${host} cannot be reached: it does not speak TLS there.` });
  });

  test.for(["nonsense", "ftp://127.0.0.1/x", "http://"])("because %j is no address", async (url) => {
    expect(await failure(get(url))).toMatchObject({ code: "source-unreachable" });
  });
});

describe("a fault of the network in words", () => {
  const fault = (code: string): Error => Object.assign(new Error("raw text."), { code });
  const never = new AbortController().signal;

  test.for([
    [fault("ENOTFOUND"), "the host name is unknown"],
    [fault("EAI_AGAIN"), "the host name cannot be looked up"],
    [fault("CERT_HAS_EXPIRED"), "its certificate has expired"],
    [new AggregateError([fault("ECONNREFUSED"), fault("ENETUNREACH")]), "the connection was refused"],
    [fault("EODD"), "raw text"],
    ["a string", "a string"],
  ] as const)("%s", ([error, reason]) => {
    expect(networkError("https://user:secret@charts.example/x?token=secret", error, never)).toMatchObject({
      code: "source-unreachable",
      message: `charts.example cannot be reached: ${reason}.`,
      cause: error,
    });
  });

  test("is left as it is when it is one of ours, and is an abort when there was one", () => {
    const own = new FlotillaError("digest-mismatch", "Other bytes.");
    expect(networkError("https://charts.example", own, never)).toBe(own);
    expect(networkError("https://charts.example", fault("ECONNRESET"), AbortSignal.abort(own))).toBe(own);
  });
});

describe("a body that breaks off", () => {
  test("is an error when the connection is cut", async () => {
    const { url, host } = await serve((_request, response) => sendBody(response, Buffer.alloc(1000), "cut"));
    const error = await failure((await get(url)).text());
    expect(error).toMatchObject({
      code: "source-unreachable",
      message: `${host} cannot be reached: the connection was cut.`,
    });
  });

  test("is an error when nothing more comes", async () => {
    const { url } = await serve((_request, response) => sendBody(response, Buffer.alloc(1000), "stall"));
    const error = await failure((await get(url, { stallTimeoutMs: 200 })).text());
    expect(error).toMatchObject({ message: expect.stringContaining("the transfer stalled") });
  });
});

describe("an abort", () => {
  const deadline = new FlotillaError("timeout", "Too late.");

  test("before the request asks nobody", async () => {
    const { url, requests } = await serve((_request, response) => response.end());
    expect(await failure(get(url, { signal: AbortSignal.abort() }))).toMatchObject({ code: "interrupted" });
    expect(requests).toEqual([]);
  });

  test("while the connection does not stand yet ends it, with its reason", async () => {
    const controller = new AbortController();
    const server = createServer(() => controller.abort(deadline)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const startedAt = performance.now();
    expect(await failure(get(url, { signal: controller.signal, connectTimeoutMs: 9_000 }))).toBe(deadline);
    expect(performance.now() - startedAt).toBeLessThan(8_000);
    server.close();
  });

  test("while waiting for the answer ends it, with its reason", async () => {
    const controller = new AbortController();
    const { url } = await serve(() => controller.abort(deadline));
    expect(await failure(get(url, { signal: controller.signal }))).toBe(deadline);
  });

  test("in the middle of the body ends it, with its reason", async () => {
    const controller = new AbortController();
    const { url } = await serve((_request, response) => sendBody(response, Buffer.alloc(1000), "stall"));
    const response = await get(url, { signal: controller.signal });
    const reading = failure(response.text());
    controller.abort(deadline);
    expect(await reading).toBe(deadline);
  });
});
