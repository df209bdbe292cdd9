import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, vi } from "vitest";
import type { RunContext } from "../../src/model/context.ts";
import type { RunEvent } from "../../src/model/events.ts";
import { currentPlatform, platformName } from "../../src/tools/platform.ts";
import { type ReleaseServer, sha256, startReleaseServer, tarGz, whole } from "./release-server.ts";

/** What a test of the tools works in: an own cache, an own release server, and no Go toolchain on the PATH. */
export interface ToolsWorld {
  cache: string;
  server: ReleaseServer;
  /** A folder of programs, first on the PATH. */
  programs: string;
  events: RunEvent[];
  stop: AbortController;
  context: RunContext;
}

/** Sets the world up before each test of the file and takes it away after each. */
export function toolsWorld(): ToolsWorld {
  // Filled before each test.
  const world = {} as ToolsWorld;
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "flotilla-tools-"));
    world.cache = join(folder, "cache");
    world.programs = join(folder, "programs");
    await mkdir(world.programs);
    world.server = await startReleaseServer();
    world.events = [];
    world.stop = new AbortController();
    world.context = { signal: world.stop.signal, emit: (event) => void world.events.push(event) };
    vi.stubEnv("FLOTILLA_CACHE_DIR", world.cache);
    vi.stubEnv("FLOTILLA_TOOLS_MIRROR", world.server.url);
    vi.stubEnv("NO_PROXY", "127.0.0.1");
    vi.stubEnv("PATH", world.programs);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await world.server.close();
    await rm(folder, { recursive: true, force: true });
  });
  return world;
}

/** The platform as in file names. */
export const PLATFORM = platformName(currentPlatform());

/** The path of helm 4's release on the server. */
export const HELM_PATH = `/get.helm.sh/helm-v4.3.1-${PLATFORM}.tar.gz`;

/** Makes the server offer helm 4 with a right checksum; returns the archive and the binary in it. */
export async function offerHelm(server: ReleaseServer): Promise<{ archive: Buffer; binary: Buffer }> {
  const binary = Buffer.concat([Buffer.from("#!/bin/sh\necho v4.3.1\n"), randomLike(200_000)]);
  const archive = await tarGz({ [`${PLATFORM}/README.md`]: "read me", [`${PLATFORM}/helm`]: binary });
  server.answers.set(HELM_PATH, whole(archive));
  server.answers.set(`${HELM_PATH}.sha256sum`, whole(`${sha256(archive)}  helm-v4.3.1-${PLATFORM}.tar.gz\n`));
  return { archive, binary };
}

/** Bytes that gzip cannot shrink away, the same every time. */
function randomLike(length: number): Buffer {
  return createHash("shake256", { outputLength: length }).update("flotilla").digest();
}

/** Puts a program, written in sh, on the PATH. */
export async function putProgram(world: ToolsWorld, name: string, script: string): Promise<void> {
  const path = join(world.programs, name);
  await writeFile(path, `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`);
  await chmod(path, 0o755);
}

/** Every file below the tools' folder of the cache, relative to it; empty when there is none. */
export async function filesInCache(world: ToolsWorld): Promise<string[]> {
  const tools = join(world.cache, "tools");
  const entries = await readdir(tools, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(tools.length + 1))
    .sort();
}
