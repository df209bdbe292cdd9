import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RunContext } from "../../src/model/context.ts";
import { writeFileAtomic } from "../../src/runtime/files.ts";
import { istioCharts } from "../../src/sandbox/istio-charts.ts";
import { ISTIO_MODULE_VERSION } from "../../src/sandbox/istio-packing.ts";
import { readSandbox } from "../../src/sandbox/read-sandbox.ts";
import { type LoopbackServer, startLoopbackServer } from "../support/loopback-server.ts";
import { useTempFolder } from "../support/temp-folder.ts";
import { useVariables } from "../support/variables.ts";

const folder = useTempFolder();
const setVariables = useVariables();
const context: RunContext = { signal: new AbortController().signal, emit: () => {} };

let server: LoopbackServer;
let status: number;
let packed: string;

beforeEach(async () => {
  setVariables({
    FLOTILLA_STATE_DIR: folder.join("state"),
    FLOTILLA_CACHE_DIR: folder.join("cache"),
    FLOTILLA_SANDBOX: undefined,
  });
  status = 200;
  server = await startLoopbackServer((_, response) => response.writeHead(status).end());
  // Charts that were packed earlier: what packing itself does is shown by packed-charts.test.ts.
  packed = folder.join("cache", "charts", "istio", ISTIO_MODULE_VERSION);
  await writeFileAtomic(join(packed, "index.yaml"), "apiVersion: v1\nentries: {}\n");
});

afterEach(() => server.close());

test("the official source is taken when it answers", async () => {
  const charts = await istioCharts(context, server.url);
  expect(charts).toEqual({ source: server.url, origin: "official", reason: `${server.url} is reachable.` });
  expect(server.requests).toEqual(["HEAD /index.yaml"]);
});

test("packed charts are taken when the official source answers with an error or not at all, and the reason says so", async () => {
  status = 403;
  const refused = await istioCharts(context, server.url);
  expect(refused).toMatchObject({ source: packed, origin: "packed" });
  expect(refused.reason).toContain(`because ${server.host} answered with HTTP 403.`);
  setVariables({ FLOTILLA_SANDBOX: "other" });
  const { url, host } = server;
  await server.close();
  const gone = await istioCharts(context, url);
  expect(gone.reason).toContain(`because ${host} cannot be reached: the connection was refused.`);
  server = await startLoopbackServer((_, response) => response.end());
});

test("a source that does not answer is given up after three seconds", async () => {
  const silent = await startLoopbackServer(() => {});
  const charts = await istioCharts(context, silent.url);
  await silent.close();
  expect(charts.reason).toContain(`${silent.host} did not answer within 3 s.`);
});

test("a sandbox keeps to its choice when the network changes; another makes its own", async () => {
  const first = await istioCharts(context, server.url);
  status = 503;
  expect(await istioCharts(context, server.url)).toEqual(first);
  setVariables({ FLOTILLA_SANDBOX: "other" });
  const other = await istioCharts(context, server.url);
  expect(other.origin).toBe("packed");
  status = 200;
  expect(await istioCharts(context, server.url)).toEqual(other);
  expect(server.requests).toHaveLength(2);
});

test("a choice alone is no sandbox, and is for its owner's eyes", async () => {
  await istioCharts(context, server.url);
  expect((await readSandbox("default")).state).toBe("absent");
  const directory = folder.join("state", "sandboxes", "default");
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
  expect(await readdir(directory)).toEqual(["charts.json"]);
  expect(JSON.parse(await readFile(join(directory, "charts.json"), "utf8"))).toMatchObject({ origin: "official" });
});
