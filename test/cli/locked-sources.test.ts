import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeAuthority } from "../support/certificates.ts";
import { packChart, sha256 } from "../support/chart-archive.ts";
import { type ChartRepository, indexText, startChartRepository } from "../support/chart-repository.ts";
import { type CommandResult, flotilla } from "../support/flotilla.ts";
import { type OciRegistry, startOciRegistry } from "../support/oci-registry.ts";
import { useTempFolder } from "../support/temp-folder.ts";
import { useBundle } from "../support/use-bundle.ts";
import { NO_PROXIES } from "../support/variables.ts";

// A registry and a repository that speak TLS by an authority of their own and want a login, from the stack file to the lock.

const PASSWORD = "pass:word-s3cret";
const web = await packChart({ name: "web", version: "1.2.0" });
const db = await packChart({ name: "db", version: "2.0.1" });
const folder = useTempFolder();

let registry: OciRegistry;
let repository: ChartRepository;

useBundle();

beforeEach(async () => {
  const authority = await makeAuthority(folder.path, "corp-ca");
  const certificate = await authority.issue("127.0.0.1");
  registry = await startOciRegistry({ login: "bearer", user: { name: "robot", password: PASSWORD }, certificate });
  registry.push("mirror/web", "1.2.0", web);
  const user = { username: "robot", password: PASSWORD };
  repository = await startChartRepository([{ name: "db", version: "2.0.1", bytes: db }], { certificate, user });
  await writeStack();
});

afterEach(() => Promise.all([registry.close(), repository.close()]));

async function writeStack(): Promise<void> {
  const login = `caFile: corp-ca.pem, username: robot, password: "\${secret:env:CORP_PASSWORD}"`;
  const text = `apiVersion: flotilla/v1
stack: shop
sources:
  corp: { url: "oci://${registry.host}/mirror", ${login} }
  charts: { url: "${repository.url}", ${login} }
releases:
  - { name: web, namespace: shop, chart: { source: corp, name: web }, version: ^1.0.0 }
  - { name: db, namespace: shop, chart: { source: charts, name: db }, version: ~2.0.0 }
`;
  await writeFile(folder.join("flotilla.yaml"), text);
}

async function run(command: string, env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
  const empty = folder.join("nobody");
  await mkdir(empty, { recursive: true });
  const folders = {
    FLOTILLA_CACHE_DIR: folder.join("cache"),
    HOME: empty,
    DOCKER_CONFIG: empty,
    XDG_CONFIG_HOME: empty,
  };
  // Without helm no images are listed, which is not what this is about.
  const own = { ...folders, CORP_PASSWORD: PASSWORD, FLOTILLA_HELM: folder.join("no-helm") };
  const result = await flotilla(command.split(" "), { cwd: folder.path, env: { ...NO_PROXIES, ...own, ...env } });
  expect(result.stdout + result.stderr).not.toMatch(/s3cret|cm9ib3Q6/);
  return result;
}

const lock = (): Promise<string> => readFile(folder.join("flotilla.lock"), "utf8");
const forget = (): Promise<void> => rm(folder.join("cache"), { recursive: true, force: true });

/** Everything in the cache of charts that is not a whole archive with its inspection. */
async function halves(): Promise<readonly string[]> {
  const names = await readdir(folder.join("cache", "charts", "sha256")).catch(() => []);
  const whole = [web, db].map((bytes) => sha256(bytes).slice("sha256:".length));
  return names.filter((name) => !whole.includes(name.replace(/\.(tgz|json)$/, "")));
}

test("are locked by digest, and the lock is the same whatever lies in the cache", async () => {
  expect(await run("lock")).toMatchObject({ code: 0 });
  const first = await lock();
  expect(first).toContain(`digest: ${sha256(web)}`);
  expect(first).toContain(`digest: ${sha256(db)}`);
  expect(await run("lock --check")).toMatchObject({ code: 0 });
  await forget();
  await rm(folder.join("flotilla.lock"));
  expect(await run("lock")).toMatchObject({ code: 0 });
  expect(await lock()).toBe(first);
});

test("by a lock that is there: a chart whose tag is gone comes by its digest", async () => {
  await run("lock");
  const before = await lock();
  registry.untag("mirror/web", "1.2.0");
  await forget();
  expect(await run("lock")).toMatchObject({ code: 0 });
  expect(await lock()).toBe(before);
  registry.push("mirror/web", "1.3.0", await packChart({ name: "web", version: "1.3.0" }));
  expect(await run("lock --update web")).toMatchObject({ code: 0, stdout: expect.stringContaining("1.3.0") });
});

describe("are refused, and nothing half is kept:", () => {
  test("a layer with other bytes", async () => {
    registry.faults.set(sha256(web), "garbled");
    const { code, stderr } = await run("lock");
    expect({ code, stderr }).toMatchObject({ code: 4, stderr: expect.stringContaining("error[digest-mismatch]") });
    expect(stderr).toContain(sha256(web));
    expect(await halves()).toEqual([]);
  });

  test("an archive and an index that agree with each other, and not with the lock", async () => {
    await run("lock");
    const other = await packChart({ name: "db", version: "2.0.1", files: { "templates/evil.yaml": "a: 1" } });
    repository.files.set("/db-2.0.1.tgz", other);
    repository.files.set("/index.yaml", Buffer.from(indexText([{ name: "db", version: "2.0.1", bytes: other }])));
    await forget();
    const { code, stderr } = await run("lock");
    expect(code).toBe(4);
    expect(stderr).toContain("error[digest-mismatch]");
    expect(stderr).toContain(sha256(db));
    expect(stderr).toContain(sha256(other));
    expect(await halves()).toEqual([]);
  });

  test("an index whose digests were changed", async () => {
    const text = indexText([{ name: "db", version: "2.0.1", bytes: db, digest: "0".repeat(64) }]);
    repository.files.set("/index.yaml", Buffer.from(text));
    const { code, stderr } = await run("lock");
    expect({ code, stderr }).toMatchObject({ code: 4, stderr: expect.stringContaining("error[digest-mismatch]") });
    expect(await halves()).toEqual([]);
  });

  test.for([
    ["cut", "/db-2.0.1.tgz"],
    ["cut", "/index.yaml"],
    ["stall", "/db-2.0.1.tgz"],
    ["stall", "/index.yaml"],
  ] as const)("a server that does %s in the middle of %s", async ([fault, path]) => {
    repository.faults.set(path, fault);
    const { code, stderr } = await run("lock", { FLOTILLA_SOURCE_TIMEOUT: "1s" });
    expect({ code, stderr }).toMatchObject({ code: 4, stderr: expect.stringContaining("error[source-unreachable]") });
    expect(stderr).toContain(`${repository.url}${path}`);
    expect(await halves()).toEqual([]);
    repository.faults.clear();
    expect(await run("lock")).toMatchObject({ code: 0 });
  });

  test.for(["cut", "stall"] as const)("a registry that does %s in the middle of a layer", async (fault) => {
    registry.faults.set(sha256(web), fault);
    const { code, stderr } = await run("lock", { FLOTILLA_SOURCE_TIMEOUT: "1s" });
    expect({ code, stderr }).toMatchObject({ code: 4, stderr: expect.stringContaining("error[source-unreachable]") });
    expect(await halves()).toEqual([]);
    registry.faults.clear();
    expect(await run("lock")).toMatchObject({ code: 0 });
  });

  test("a wrong password, which is not told", async () => {
    const denied = await run("lock", { CORP_PASSWORD: "wrong-s3cr3t" });
    expect(denied).toMatchObject({ code: 4, stderr: expect.stringContaining("error[source-denied]") });
    expect(denied.stderr).not.toContain("wrong-s3cr3t");
  });
});
