import { once } from "node:events";
import { type AddressInfo, connect as connectSocket, createServer } from "node:net";
import { createServer as createHttpServer, type Server } from "node:http";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { connect } from "../../src/kube/connect.ts";
import { answer, type FakeCluster, kubeconfigText, refuse, startFakeCluster } from "./fake-cluster.ts";

const { signal } = new AbortController();
const VERSION = { gitVersion: "v1.36.3" };
const CONFIG_MAP = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "n" } };
const clean: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of clean.splice(0).toReversed()) await step();
});

async function start(...parameters: Parameters<typeof startFakeCluster>): Promise<FakeCluster> {
  const cluster = await startFakeCluster(...parameters);
  clean.push(cluster.close);
  return cluster;
}

describe("a connection that is cut", () => {
  test("a read is sent again", async () => {
    let left = 2;
    const cluster = await start((_request, response) => {
      if (left > 0) response.destroy();
      else answer(response, 200, VERSION);
      left -= 1;
    });
    expect(await cluster.client.version(signal)).toBe("v1.36.3");
    expect(cluster.seen).toHaveLength(3);
  });

  test("also in the middle of its answer", async () => {
    let first = true;
    const cluster = await start((_request, response) => {
      if (!first) return answer(response, 200, VERSION);
      first = false;
      response.writeHead(200, { "content-length": "100" });
      response.write('{"gitVersion":', () => response.destroy());
    });
    expect(await cluster.client.version(signal)).toBe("v1.36.3");
  });

  test("a change is not: it may have been made", async () => {
    const cluster = await start((_request, response) => void response.destroy());
    await expect(cluster.client.create(CONFIG_MAP, signal)).rejects.toMatchObject({
      code: "cluster-unreachable",
      message: `The cluster at ${cluster.url} (context fake) cannot be reached: the connection was cut.`,
    });
    expect(cluster.seen).toHaveLength(1);
  });
});

describe("a cluster that does not answer", () => {
  test("nobody listens", async () => {
    const cluster = await start(() => {});
    await cluster.close();
    clean.length = 0;
    await expect(cluster.client.version(signal)).rejects.toMatchObject({
      code: "cluster-unreachable",
      message: `The cluster at ${cluster.url} (context fake) cannot be reached: the connection was refused.`,
      hint: expect.stringContaining("NO_PROXY"),
    });
  });

  test("no answer in time", async () => {
    const cluster = await start(() => {}, { limits: { connectMs: 5000, responseMs: 60 } });
    await expect(cluster.client.version(signal)).rejects.toMatchObject({
      code: "cluster-unreachable",
      message: expect.stringContaining("no answer within 0.06 s"),
    });
  });

  test("an answer that stalls", async () => {
    const limits = { connectMs: 5000, responseMs: 60 };
    const cluster = await start((_request, response) => void response.writeHead(200).write('{"gitV'), { limits });
    await expect(cluster.client.version(signal)).rejects.toMatchObject({
      code: "cluster-unreachable",
      message: expect.stringContaining("the answer stalled"),
    });
  });

  test("a slow answer that moves on is waited for", async () => {
    const limits = { connectMs: 5000, responseMs: 400 };
    const cluster = await start(
      (_request, response) => {
        const pieces = [...JSON.stringify(VERSION)];
        const timer = setInterval(() => {
          const piece = pieces.shift();
          if (piece !== undefined) return void response.write(piece);
          clearInterval(timer);
          response.end();
        }, 25);
      },
      { limits },
    );
    expect(await cluster.client.version(signal)).toBe("v1.36.3");
  });

  test("TLS that never begins", async () => {
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const folder = await mkdtemp(join(tmpdir(), "flotilla-tls-"));
    const kubeconfig = join(folder, "config");
    await writeFile(kubeconfig, kubeconfigText(`https://127.0.0.1:${(silent.address() as AddressInfo).port}`));
    const client = await connect({ kubeconfig, context: null }, { limits: { connectMs: 60, responseMs: 5000 } });
    clean.push(async () => {
      client.close();
      silent.close();
      await rm(folder, { recursive: true, force: true });
    });
    await expect(client.version(signal)).rejects.toMatchObject({
      code: "cluster-unreachable",
      message: expect.stringContaining("no connection within 0.06 s"),
    });
  });

  test("the user gives up", async () => {
    const user = new AbortController();
    const cluster = await start(() => user.abort());
    await expect(cluster.client.version(user.signal)).rejects.toMatchObject({ code: "interrupted" });
  });
});

describe("credentials", () => {
  test("refused for good", async () => {
    const cluster = await start((_request, response) => refuse(response, 401, "Unauthorized", "Unauthorized"));
    await expect(cluster.client.version(signal)).rejects.toMatchObject({
      code: "cluster-unauthorized",
      message: `${cluster.url} does not accept our credentials: Unauthorized.`,
    });
    expect(cluster.seen).toHaveLength(2);
  });

  test("refused once, then read anew from the kubeconfig; changes are sent again too", async () => {
    const cluster = await start(({ headers, body }, response) => {
      if (headers.authorization === "Bearer second") answer(response, 201, JSON.parse(body) as object);
      else refuse(response, 401, "Unauthorized", "Unauthorized");
    });
    await writeFile(cluster.kubeconfig, kubeconfigText(cluster.url, { user: { token: "second" } }));
    expect(await cluster.client.create(CONFIG_MAP, signal)).toMatchObject({ kind: "ConfigMap" });
  });

  test("a user name and password", async () => {
    const user = { username: "admin", password: "p:w" };
    const cluster = await start((_request, response) => answer(response, 200, VERSION), { user });
    await cluster.client.version(signal);
    const basic = Buffer.from("admin:p:w").toString("base64");
    expect(cluster.seen[0]?.headers.authorization).toBe(`Basic ${basic}`);
  });
});

test("a busy server is asked again after the time it says", async () => {
  let busy = true;
  const cluster = await start((_request, response) => {
    if (busy) response.setHeader("retry-after", "0.05");
    if (busy) refuse(response, 429, "TooManyRequests", "slow down");
    else answer(response, 200, {});
    busy = false;
  });
  await cluster.client.create(CONFIG_MAP, signal);
  expect(cluster.seen.map(({ method }) => method)).toEqual(["POST", "POST"]);
});

test("packed answers are unpacked", async () => {
  const cluster = await start(({ headers }, response) => {
    expect(headers["accept-encoding"]).toBe("gzip");
    response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(JSON.stringify(VERSION)));
  });
  expect(await cluster.client.version(signal)).toBe("v1.36.3");
});

test("connections are kept", async () => {
  const cluster = await start((_request, response) => answer(response, 200, VERSION));
  for (let count = 0; count < 5; count += 1) await cluster.client.version(signal);
  expect(new Set(cluster.seen.map(({ port }) => port)).size).toBe(1);
});

describe("a proxy", () => {
  /** A proxy that leads every tunnel to the one server, whatever it is called. */
  async function startProxy(target: string): Promise<{ readonly url: string; readonly tunnels: readonly string[] }> {
    const tunnels: string[] = [];
    const proxy: Server = createHttpServer();
    proxy.on("connect", (request, socket) => {
      tunnels.push(request.url ?? "");
      const { hostname, port } = new URL(target);
      const upstream = connectSocket(Number(port), hostname, () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        upstream.pipe(socket).pipe(upstream);
      });
      socket.on("error", () => upstream.destroy());
      upstream.on("error", () => socket.destroy());
    });
    proxy.listen(0, "127.0.0.1");
    await once(proxy, "listening");
    clean.push(async () => void proxy.close());
    return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, tunnels };
  }

  test.each(["the kubeconfig's proxy-url", "HTTP_PROXY"])("%s leads to a server that we cannot name", async (where) => {
    const inEnvironment = where === "HTTP_PROXY";
    const cluster = await start((_request, response) => answer(response, 200, VERSION));
    const proxy = await startProxy(cluster.url);
    if (inEnvironment) process.env["HTTP_PROXY"] = proxy.url;
    clean.push(async () => void delete process.env["HTTP_PROXY"]);
    const options = inEnvironment ? {} : { cluster: { "proxy-url": proxy.url } };
    await writeFile(cluster.kubeconfig, kubeconfigText("http://api.invalid:6443", options));
    const client = await connect({ kubeconfig: cluster.kubeconfig, context: null });
    clean.push(async () => client.close());
    expect(await client.version(signal)).toBe("v1.36.3");
    expect(await client.version(signal)).toBe("v1.36.3");
    expect(proxy.tunnels).toEqual(["api.invalid:6443"]);
  });
});
