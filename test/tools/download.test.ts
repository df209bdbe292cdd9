import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { FlotillaError } from "../../src/model/errors.ts";
import { downloadBinary } from "../../src/tools/download.ts";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { currentPlatform } from "../../src/tools/platform.ts";
import { findTool } from "../../src/tools/tool-cache.ts";
import { UnreachableHosts } from "../../src/tools/unreachable-hosts.ts";
import { TOOLS, type ToolName } from "../../src/tools/versions.ts";
import { cutOff, sha256, slow, stalled, tarGz, whole } from "./release-server.ts";
import { filesInCache, HELM_PATH, offerHelm, PLATFORM, type ToolsWorld, toolsWorld } from "./tools-world.ts";

const world = toolsWorld();
const onLinux = currentPlatform().os === "linux";

async function failure(promise: Promise<unknown>): Promise<FlotillaError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FlotillaError);
  return error as FlotillaError;
}

/** Offers a file as kwok or Kubernetes release it. */
function offerPlain({ server }: ToolsWorld, name: ToolName, body: string): void {
  const file = TOOLS[name].release(currentPlatform());
  if (file === null) throw new Error(`${name} has no release here`);
  const path = (url: string): string => `/${url.slice("https://".length)}`;
  const assets = ["kwok", "kwokctl"].map((tool) => ({ name: `${tool}-${PLATFORM}`, digest: `sha256:${sha256(tool)}` }));
  const checksum = file.checksum.form === "text" ? `${sha256(body)}\n` : JSON.stringify({ assets });
  server.answers.set(path(file.url), whole(body));
  server.answers.set(path(file.checksum.url), whole(checksum));
}

describe("a good release", () => {
  it("puts the archive's binary, and nothing else, into the cache", async () => {
    const { binary } = await offerHelm(world.server);
    expect(await findTool("helm4")).toBeNull();
    const { helm4 } = await ensureTools(["helm4"], world.context);
    expect(helm4).toBe(`${world.cache}/tools/helm4/v4.3.1-${PLATFORM}/helm`);
    expect(await findTool("helm4")).toBe(helm4);
    expect((await readFile(helm4)).equals(binary)).toBe(true);
    expect((await stat(helm4)).mode & 0o777).toBe(0o755);
    expect(await filesInCache(world)).toEqual([`helm4/v4.3.1-${PLATFORM}/helm`]);
    expect(world.events.map((event) => event.type)).toEqual(["task-started", "task-progress", "task-finished"]);
  });

  it("says once, in whole milliseconds, how long it took", async () => {
    await offerHelm(world.server);
    await ensureTools(["helm4"], world.context);
    const finished = world.events.find((event) => event.type === "task-finished");
    expect(finished).toMatchObject({ outcome: "done", detail: "" });
    expect(finished?.durationMs).toSatisfy(Number.isInteger);
  });

  it("is not asked for again", async () => {
    await offerHelm(world.server);
    await ensureTools(["helm4"], world.context);
    world.events.length = 0;
    world.server.requests.length = 0;
    await ensureTools(["helm4"], world.context);
    expect(world.server.requests).toEqual([]);
    expect(world.events).toEqual([]);
  });

  it("works with the digests that GitHub publishes for kwok", async () => {
    offerPlain(world, "kwok", "kwok");
    offerPlain(world, "kwokctl", "kwokctl");
    const { kwok, kwokctl } = await ensureTools(["kwok", "kwokctl"], world.context);
    expect(await readFile(kwok, "utf8")).toBe("kwok");
    expect(await readFile(kwokctl, "utf8")).toBe("kwokctl");
  });

  it.runIf(onLinux)("works with the bare digests of Kubernetes and etcd's list", async () => {
    const names = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const;
    for (const name of names.slice(1)) offerPlain(world, name, `binary of ${name}`);
    const folder = `etcd-v3.6.8-${PLATFORM}`;
    const archive = await tarGz({ [`${folder}/etcdctl`]: "no", [`${folder}/etcd`]: "binary of etcd" });
    const base = "/github.com/etcd-io/etcd/releases/download/v3.6.8";
    world.server.answers.set(`${base}/${folder}.tar.gz`, whole(archive));
    const sums = `${sha256("x")}  etcd-v3.6.8-windows-amd64.zip\n${sha256(archive)}  ${folder}.tar.gz\n`;
    world.server.answers.set(`${base}/SHA256SUMS`, whole(sums));
    const paths = await ensureTools(names, world.context);
    for (const name of names) expect(await readFile(paths[name], "utf8")).toBe(`binary of ${name}`);
  });
});

describe("a bad release", () => {
  it("with a wrong checksum is not used, and both digests are named", async () => {
    const { archive } = await offerHelm(world.server);
    const changed = Buffer.concat([archive, Buffer.from("!")]);
    world.server.answers.set(HELM_PATH, whole(changed));
    const error = await failure(ensureTools(["helm4"], world.context));
    expect(error.code).toBe("tool-missing");
    expect(error.message).toContain(sha256(changed));
    expect(error.message).toContain(sha256(archive));
    expect(error.message).toContain("There is no Go toolchain on the PATH");
    expect(world.events).toContainEqual(expect.objectContaining({ type: "notice", level: "warning" }));
    expect(await filesInCache(world)).toEqual([]);
  });

  it("that is cut off in the middle is not used, and works the next time", async () => {
    const { archive } = await offerHelm(world.server);
    world.server.answers.set(HELM_PATH, cutOff(archive));
    const error = await failure(ensureTools(["helm4"], world.context));
    expect(error.message).toContain("the connection was cut");
    expect(await filesInCache(world)).toEqual([]);
    world.server.answers.set(HELM_PATH, whole(archive));
    await ensureTools(["helm4"], world.context);
    expect(await findTool("helm4")).not.toBeNull();
  });

  it("that is not there is told with address and status", async () => {
    await offerHelm(world.server);
    world.server.answers.delete(HELM_PATH);
    const error = await failure(ensureTools(["helm4"], world.context));
    expect(error.message).toContain(`${world.server.url}${HELM_PATH} answered with HTTP 404`);
    expect(error.hint).toContain("FLOTILLA_TOOLS_MIRROR");
  });

  it.each([
    ["no checksum at all", null],
    ["a checksum for other files only", `${sha256("x")}  helm-v4.3.1-plan9-mips.tar.gz\n`],
    ["a checksum that is none", "<html>welcome to the hotel's network</html>"],
  ])("with %s is not even downloaded", async (_, published) => {
    await offerHelm(world.server);
    if (published === null) world.server.answers.delete(`${HELM_PATH}.sha256sum`);
    else world.server.answers.set(`${HELM_PATH}.sha256sum`, whole(published));
    expect((await failure(ensureTools(["helm4"], world.context))).code).toBe("tool-missing");
    expect(world.server.requests).toEqual([`${HELM_PATH}.sha256sum`]);
  });

  it("whose archive holds no binary is refused", async () => {
    const archive = await tarGz({ [`${PLATFORM}/README.md`]: "read me" });
    world.server.answers.set(HELM_PATH, whole(archive));
    world.server.answers.set(`${HELM_PATH}.sha256sum`, whole(sha256(archive)));
    expect((await failure(ensureTools(["helm4"], world.context))).message).toContain(`holds no ${PLATFORM}/helm`);
    expect(await filesInCache(world)).toEqual([]);
  });
});

describe("a slow release", () => {
  it("shows how far it is, and ends well", async () => {
    const { archive } = await offerHelm(world.server);
    world.server.answers.set(HELM_PATH, slow(archive, 4, 300));
    await ensureTools(["helm4"], world.context);
    const details = world.events.flatMap((event) => (event.type === "task-progress" ? [event.detail] : []));
    expect(details.length).toBeGreaterThanOrEqual(2);
    expect(details.at(-1)).toMatch(/^\d\.\ds: 0\.\d of 0\.2 MB$/);
  });

  it("that stalls ends in an error in bounded time", async () => {
    const { archive } = await offerHelm(world.server);
    world.server.answers.set(HELM_PATH, stalled(archive));
    const told: string[] = [];
    const file = TOOLS.helm4.release(currentPlatform());
    if (file === null) throw new Error("helm has releases everywhere");
    const startedAt = performance.now();
    const download = downloadBinary(file, world.programs, {
      signal: world.context.signal,
      tell: (detail) => told.push(detail),
      unreachable: new UnreachableHosts(),
      stallTimeoutMs: 500,
    });
    const error = await failure(download);
    expect(error.code).toBe("source-unreachable");
    expect(error.message).toContain("the transfer stalled");
    expect(performance.now() - startedAt).toBeLessThan(4000);
    expect(told).toContain("0.1 of 0.2 MB");
  });

  it("can be interrupted, and leaves nothing", async () => {
    const { archive } = await offerHelm(world.server);
    world.server.answers.set(HELM_PATH, (response) => {
      stalled(archive)(response);
      setTimeout(() => world.stop.abort(), 50);
    });
    expect((await failure(ensureTools(["helm4"], world.context))).code).toBe("interrupted");
    expect(await filesInCache(world)).toEqual([]);
  });
});

describe("a host that does not answer", () => {
  it("is asked once for all the tools of a family", async () => {
    let connections = 0;
    const deaf = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => deaf.listen(0, "127.0.0.1", resolve));
    const address = deaf.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    vi.stubEnv("FLOTILLA_TOOLS_MIRROR", `http://127.0.0.1:${address.port}`);
    const error = await failure(ensureTools(["kwok", "kwokctl"], world.context));
    await new Promise((resolve) => deaf.close(resolve));
    expect(connections).toBe(1);
    expect(error.message).toContain("kwok v0.8.0, kwokctl v0.8.0: not to be had");
    expect(error.message).toContain(`127.0.0.1:${address.port} cannot be reached`);
  });
});
