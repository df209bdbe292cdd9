import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { fetchChart } from "../../src/charts/fetch-chart.ts";
import { findChartVersion } from "../../src/charts/list-versions.ts";
import { FlotillaError } from "../../src/model/errors.ts";
import type { LocalChart } from "../../src/model/lock.ts";
import type { ChartReference, SourceAccess } from "../../src/model/stack.ts";
import { type Authority, makeAuthority, type ServerCertificate } from "../support/certificates.ts";
import { packChart, sha256 } from "../support/chart-archive.ts";
import { indexText, startChartRepository, type ChartRepository } from "../support/chart-repository.ts";
import { type LoopbackServer, startLoopbackServer } from "../support/loopback-server.ts";
import { startOciRegistry, type OciRegistry } from "../support/oci-registry.ts";
import { recordingContext, useTempCache } from "../support/temp-cache.ts";
import { NO_PROXIES, useVariables } from "../support/variables.ts";

const temp = useTempCache();
const setVariables = useVariables();
beforeEach(() => setVariables(NO_PROXIES));

const app = await packChart({ name: "app", version: "1.0.0" });
const indexed = { name: "app", version: "1.0.0", bytes: app };
const user = { username: "alice", password: "pass:word-s3cret" };
const basic = `Basic ${Buffer.from(`${user.username}:${user.password}`).toString("base64")}`;

let folder = "";
let authority: Authority;
let certificate: ServerCertificate;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flotilla-access-"));
  authority = await makeAuthority(folder, "corp");
  certificate = await authority.issue("127.0.0.1");
});
afterAll(() => rm(folder, { recursive: true }));

const open: { close: () => Promise<void> }[] = [];
afterEach(() => Promise.all(open.splice(0).map((server) => server.close())));
function keep<T extends { close: () => Promise<void> }>(server: T): T {
  open.push(server);
  return server;
}

function access(change: Partial<SourceAccess> = {}): SourceAccess {
  return { name: "corp", caFile: authority.caFile, credentials: user, ...change };
}

function fromRepository({ url }: ChartRepository, by?: SourceAccess): ChartReference {
  return { type: "repository", url, name: "app", ...(by === undefined ? {} : { access: by }) };
}

function fromRegistry({ host }: OciRegistry, by?: SourceAccess): ChartReference {
  return { type: "oci", url: `oci://${host}/team/app`, ...(by === undefined ? {} : { access: by }) };
}

async function fetchApp(reference: ChartReference, context = recordingContext()): Promise<LocalChart> {
  return fetchChart(reference, await findChartVersion(reference, "1.0.0", context), null, context);
}

async function failure(work: Promise<unknown>): Promise<FlotillaError> {
  const error: unknown = await work.then(
    () => null,
    (caught: unknown) => caught,
  );
  if (error instanceof FlotillaError) return error;
  throw new Error(`no FlotillaError: ${String(error)}`);
}

describe("a repository with an authority and a login of its own", () => {
  test("is opened by both, index and archives", async () => {
    const repository = keep(await startChartRepository([indexed], { certificate, user }));
    expect(await fetchApp(fromRepository(repository, access()))).toMatchObject({ digest: sha256(app) });
    expect(repository.logins).toEqual([basic, basic]);
  });

  test("stays closed without its authority, and the hint is where to name that", async () => {
    const repository = keep(await startChartRepository([indexed], { certificate, user }));
    const error = await failure(fetchApp(fromRepository(repository, access({ caFile: null }))));
    expect(error).toMatchObject({
      code: "source-unreachable",
      message: expect.stringContaining("its certificate was issued by an unknown authority") as string,
      hint: expect.stringContaining("caFile") as string,
    });
    expect(repository.requests).toEqual([]);
  });

  test.each([
    ["no login", null, "under `sources` in the stack file"],
    ["a wrong password", { ...user, password: "s3cret-wrong" }, "of the source corp"],
  ])("refuses %s, and nothing secret is told", async (_, credentials, hint) => {
    const repository = keep(await startChartRepository([indexed], { certificate, user }));
    const context = recordingContext();
    const error = await failure(fetchApp(fromRepository(repository, access({ credentials })), context));
    expect(error).toMatchObject({ code: "source-denied", hint: expect.stringContaining(hint) as string });
    expect(JSON.stringify([error.message, error.hint, String(error.cause), context.events])).not.toMatch(
      /s3cret|Basic|YWxpY2/,
    );
  });

  test.each(["another host's archive", "a redirect to another host"])("keeps its login from %s", async (way) => {
    const other = keep(await startChartRepository([indexed], { certificate }));
    const repository = keep(await startChartRepository([indexed], { certificate, user }));
    const redirect = keep(
      await startLoopbackServer(
        (request, response) => response.writeHead(302, { location: `${other.url}${request.url ?? ""}` }).end(),
        certificate,
      ),
    );
    if (way === "another host's archive") {
      const text = indexText([{ ...indexed, url: `${other.url}/app-1.0.0.tgz` }]);
      repository.files.set("/index.yaml", Buffer.from(text));
      expect(await fetchApp(fromRepository(repository, access()))).toMatchObject({ digest: sha256(app) });
      expect(repository.logins).toEqual([basic]);
    } else {
      const reference: ChartReference = { type: "repository", url: redirect.url, name: "app", access: access() };
      expect(await fetchApp(reference)).toMatchObject({ digest: sha256(app) });
      expect(redirect.logins).toEqual([basic, basic]);
    }
    expect(other.requests).toContain("GET /app-1.0.0.tgz");
    expect(new Set(other.logins)).toEqual(new Set([undefined]));
  });

  test("is not left for plain HTTP", async () => {
    const plain = keep(await startChartRepository([indexed]));
    const repository = keep(
      await startLoopbackServer(
        (_, response) => response.writeHead(302, { location: `${plain.url}/index.yaml` }).end(),
        certificate,
      ),
    );
    const reference: ChartReference = { type: "repository", url: repository.url, name: "app", access: access() };
    expect(await failure(fetchApp(reference))).toMatchObject({
      code: "source-unreachable",
      message: `${repository.url}/index.yaml redirects to http://${plain.host}, which is not encrypted.`,
    });
    expect(plain.requests).toEqual([]);
  });
});

describe("a repository that helm knows", () => {
  async function addToHelm(lines: Readonly<Record<string, string>>): Promise<void> {
    const entry = Object.entries({ name: "corp", ...lines }).map(
      ([key, value]) => `    ${key}: ${JSON.stringify(value)}`,
    );
    await writeFile(
      join(temp.folder, "helm-repositories.yaml"),
      `apiVersion: ""\nrepositories:\n  -\n${entry.join("\n")}\n`,
    );
  }

  test("is opened by what `helm repo add` was told", async () => {
    const repository = keep(await startChartRepository([indexed], { certificate, user }));
    await addToHelm({ url: `${repository.url}/`, ...user, caFile: authority.caFile });
    expect(await fetchApp(fromRepository(repository))).toMatchObject({ digest: sha256(app) });
    expect(repository.logins).toEqual([basic, basic]);
  });

  test("is shown helm's client certificate", async () => {
    const mine = await authority.issue("client.example");
    await Promise.all([
      writeFile(join(temp.folder, "client.pem"), mine.cert),
      writeFile(join(temp.folder, "client.key"), mine.key),
    ]);
    const shown: boolean[] = [];
    const asking = {
      ...certificate,
      ca: await readFile(authority.caFile),
      requestCert: true,
      rejectUnauthorized: true,
    };
    const { url } = keep(
      await startLoopbackServer((request, response) => {
        shown.push("authorized" in request.socket && request.socket.authorized === true);
        response.end(request.url === "/index.yaml" ? indexText([indexed]) : app);
      }, asking),
    );
    const reference: ChartReference = { type: "repository", url, name: "app" };
    await addToHelm({ url, caFile: authority.caFile });
    expect(await failure(fetchApp(reference))).toMatchObject({ code: "source-unreachable" });
    const [certFile, keyFile] = [join(temp.folder, "client.pem"), join(temp.folder, "client.key")];
    await addToHelm({ url, caFile: authority.caFile, certFile, keyFile });
    expect(await fetchApp(reference)).toMatchObject({ digest: sha256(app) });
    expect(shown).toEqual([true, true]);
  });

  test("in a broken file is told of without its text", async () => {
    const repository = keep(await startChartRepository([indexed]));
    await writeFile(join(temp.folder, "helm-repositories.yaml"), "repositories: [{ password: s3cret\n  - }");
    const error = await failure(fetchApp(fromRepository(repository)));
    expect(error).toMatchObject({
      code: "source-denied",
      message: expect.stringContaining("helm-repositories.yaml") as string,
    });
    expect(`${error.message} ${String(error.cause)}`).not.toContain("s3cret");
  });
});

describe("a registry with an authority and a login of its own", () => {
  const registryUser = { name: user.username, password: user.password };

  test.each(["basic", "bearer"] as const)("is opened by both (%s)", async (login) => {
    const registry = keep(await startOciRegistry({ login, user: registryUser, certificate, blobsElsewhere: true }));
    registry.push("team/app", "1.0.0", app);
    expect(await fetchApp(fromRegistry(registry, access()))).toMatchObject({ digest: sha256(app) });
    // The storage behind the registry is another host.
    expect(registry.blobLogins).toEqual([undefined]);
  });

  test("is not given the login of another source on the same host", async () => {
    const registry = keep(await startOciRegistry({ login: "basic", user: registryUser, certificate }));
    registry.push("team/app", "1.0.0", app);
    const context = recordingContext();
    await fetchApp(fromRegistry(registry, access()), context);
    const stranger = fromRegistry(registry, access({ name: "guest", credentials: null }));
    registry.push("team/app", "2.0.0", app);
    const error = await failure(
      findChartVersion(stranger, "2.0.0", context).then((found) => fetchChart(stranger, found, null, context)),
    );
    expect(error).toMatchObject({ code: "source-denied" });
  });

  test("refuses a wrong password, and nothing secret is told", async () => {
    const registry = keep(await startOciRegistry({ login: "bearer", user: registryUser, certificate }));
    registry.push("team/app", "1.0.0", app);
    const error = await failure(
      fetchApp(fromRegistry(registry, access({ credentials: { ...user, password: "s3cret" } }))),
    );
    expect(error).toMatchObject({ code: "source-denied", hint: expect.stringContaining("the source corp") as string });
    expect(JSON.stringify([error.message, error.hint, String(error.cause)])).not.toMatch(/s3cret|Basic|YWxpY2/);
  });

  test("does not post a refresh token to where a redirect leads", async () => {
    const caught: LoopbackServer = keep(await startLoopbackServer((_, response) => response.end('{"token":"x"}')));
    const registry = keep(
      await startLoopbackServer((request, response) => {
        const realm = `http://${request.headers.host ?? ""}/token`;
        if (request.url?.startsWith("/token")) response.writeHead(307, { location: caught.url }).end();
        else response.writeHead(401, { "www-authenticate": `Bearer realm="${realm}",service="x"` }).end();
      }),
    );
    const auths = { [registry.host]: { identitytoken: "s3cret" } };
    await writeFile(join(temp.folder, "helm-registry.json"), JSON.stringify({ auths }));
    const reference: ChartReference = { type: "oci", url: `oci://${registry.host}/team/app` };
    expect(await failure(fetchApp(reference))).toMatchObject({ code: "source-denied" });
    expect(registry.requests).toContain("POST /token");
    expect(caught.requests).toEqual([]);
  });
});

describe("a server that falls silent", () => {
  test.each(["/index.yaml", "/app-1.0.0.tgz"])("in the middle of %s is given up, and named", async (path) => {
    setVariables({ FLOTILLA_SOURCE_TIMEOUT: "300ms" });
    const repository = keep(await startChartRepository([indexed]));
    repository.faults.set(path, "stall");
    expect(await failure(fetchApp(fromRepository(repository)))).toMatchObject({
      code: "source-unreachable",
      message: `${repository.url}${path} did not arrive whole: the transfer stalled.`,
    });
  });

  test("before it answers is given up, and named", async () => {
    setVariables({ FLOTILLA_SOURCE_TIMEOUT: "300ms" });
    const silent = keep(await startLoopbackServer(() => {}));
    const reference: ChartReference = { type: "oci", url: `oci://${silent.host}/team/app` };
    expect(await failure(fetchApp(reference))).toMatchObject({
      code: "source-unreachable",
      message: `${silent.host} cannot be reached: no answer in time.`,
    });
  });

  test("may be given more or less time, in words that mean something", async () => {
    setVariables({ FLOTILLA_SOURCE_TIMEOUT: "soon" });
    const repository = keep(await startChartRepository([indexed]));
    expect(await failure(fetchApp(fromRepository(repository)))).toMatchObject({ code: "usage" });
  });
});
