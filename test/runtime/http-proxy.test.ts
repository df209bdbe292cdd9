import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type HttpOptions, httpRequest } from "../../src/runtime/http.ts";
import { type Authority, makeAuthority } from "../support/certificates.ts";
import { type LoopbackServer, startLoopbackServer } from "../support/loopback-server.ts";
import { type ConnectAnswer, type ProxyServer, startProxyServer } from "../support/proxy-server.ts";
import { type SecureServer, startSecureServer } from "../support/secure-server.ts";
import { NO_PROXIES, useVariables } from "../support/variables.ts";

const setVariables = useVariables();
let folder = "";
let authority: Authority;
let secure: SecureServer;
let plain: LoopbackServer;
let proxy: ProxyServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flotilla-proxy-"));
  authority = await makeAuthority(folder, "authority");
  const certificate = await authority.issue("charts.example", "127.0.0.1");
  secure = await startSecureServer(certificate, (_request, response) => response.end("secure"));
  plain = await startLoopbackServer((request, response) => response.end(`plain ${request.headers.host ?? ""}`));
});
afterAll(async () => {
  await Promise.all([secure.close(), plain.close()]);
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => setVariables(NO_PROXIES));
afterEach(() => proxy.close());

/** No resolver knows `charts.example`: an answer under that name has come through the proxy. */
async function useProxy(answer: ConnectAnswer = "tunnel"): Promise<void> {
  proxy = await startProxyServer(answer, {
    "charts.example": secure.port,
    "mirror.example": Number(new URL(plain.url).port),
  });
}

let timeouts = 30_000;
/** Each request has an agent of its own: agents, which keep the proxy that they began with, are shared per time-out. */
async function get(url: string, options: Partial<HttpOptions> = {}): Promise<string> {
  timeouts += 1;
  const own = { caFile: authority.caFile, connectTimeoutMs: timeouts };
  return (await httpRequest(url, { signal: AbortSignal.timeout(10_000), ...own, ...options })).text();
}
const failure = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

describe("HTTPS through a proxy", () => {
  test.for(["HTTPS_PROXY", "https_proxy"])("goes through a tunnel, by %s", async (name) => {
    await useProxy();
    setVariables({ [name]: proxy.url });
    expect(await get("https://charts.example/x")).toBe("secure");
    expect(proxy.requests).toEqual(["CONNECT charts.example:443"]);
    expect(proxy.logins).toEqual([undefined]);
  });

  test("checks the certificate of the server, by its name", async () => {
    await useProxy();
    setVariables({ HTTPS_PROXY: proxy.url });
    const port = Number(new URL(secure.url).port);
    expect(await failure(get(`https://other.example:${port}/`))).toMatchObject({
      message: `other.example:${port} cannot be reached: its certificate is for another name.`,
    });
    expect(await failure(get("https://charts.example/", { caFile: null }))).toMatchObject({
      message: expect.stringContaining("unknown authority"),
    });
  });

  test("logs in at the proxy with what stands in its address", async () => {
    await useProxy();
    setVariables({ HTTPS_PROXY: proxy.url.replace("//", "//us%40er:p%3Ass@") });
    expect(await get("https://charts.example/")).toBe("secure");
    expect(proxy.logins).toEqual([`Basic ${Buffer.from("us@er:p:ss").toString("base64")}`]);
  });

  test.for([403, 407])("says that the proxy refuses, with its status %d", async (status) => {
    await useProxy(status);
    setVariables({ HTTPS_PROXY: proxy.url });
    expect(await failure(get("https://charts.example/"))).toMatchObject({
      code: "source-unreachable",
      message: `charts.example cannot be reached: the proxy refuses to connect (status ${status}).`,
    });
  });

  test("ends when the proxy takes the connection and never answers", async () => {
    await useProxy("silence");
    setVariables({ HTTPS_PROXY: proxy.url });
    const error = await failure(get("https://charts.example/", { connectTimeoutMs: 301, stallTimeoutMs: 300 }));
    expect(error).toMatchObject({ code: "source-unreachable", message: expect.stringContaining("in time") });
  });

  test("ends at an abort while the proxy is silent", async () => {
    await useProxy("silence");
    setVariables({ HTTPS_PROXY: proxy.url });
    const controller = new AbortController();
    const asking = failure(get("https://charts.example/", { signal: controller.signal }));
    setTimeout(() => controller.abort(), 100);
    expect(await asking).toMatchObject({ code: "interrupted" });
  });
});

describe("plain HTTP through a proxy", () => {
  test("is asked of the proxy itself, not by a tunnel, which many refuse", async () => {
    await useProxy(403);
    setVariables({ http_proxy: proxy.url });
    expect(await get("http://mirror.example/index.yaml")).toBe("plain mirror.example");
    expect(proxy.requests).toEqual(["GET http://mirror.example/index.yaml"]);
  });
});

describe("NO_PROXY", () => {
  test.for([
    ["127.0.0.1", true],
    ["other.example,127.0.0.1", true],
    ["*", true],
    ["other.example", false],
    ["", false],
  ] as const)("%j: direct %s", async ([value, direct]) => {
    await useProxy();
    setVariables({ HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url, NO_PROXY: value });
    expect(await get(secure.url)).toBe("secure");
    expect(await get(plain.url)).toContain("plain");
    expect(proxy.requests).toHaveLength(direct ? 0 : 2);
  });
});

test("without variables no proxy is asked", async () => {
  await useProxy();
  expect(await get(secure.url)).toBe("secure");
  expect(proxy.requests).toEqual([]);
});
