import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { findHelm, openHelm } from "../../src/helm/helm.ts";

const { signal } = new AbortController();
let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "flotilla-helm-"));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** A program that prints a version as helm does. */
async function program(name: string, script: string, mode = 0o755): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, mode);
  return path;
}

describe("findHelm", () => {
  test("takes the first executable helm on the PATH", async () => {
    await mkdir(join(folder, "none"));
    await mkdir(join(folder, "folder", "helm"), { recursive: true });
    const path = await program("helm", "exit 1");
    vi.stubEnv("PATH", [join(folder, "none"), join(folder, "folder"), folder].join(":"));
    expect(await findHelm(null)).toBe(path);
  });

  test("passes over a helm that may not be executed", async () => {
    await program("helm", "exit 0", 0o644);
    vi.stubEnv("PATH", folder);
    expect(await findHelm(null)).toBeNull();
  });

  test("takes what FLOTILLA_HELM names: a path, or a name on the PATH", async () => {
    const path = await program("helm3", "exit 0");
    vi.stubEnv("PATH", folder);
    expect(await findHelm(path)).toBe(path);
    expect(await findHelm("helm3")).toBe(path);
  });

  test.each(["./nowhere/helm", "no-such-helm"])("refuses %s, which is not there", async (name) => {
    await expect(findHelm(name)).rejects.toMatchObject({
      code: "helm-missing",
      message: expect.stringContaining(name),
    });
  });
});

describe("openHelm", () => {
  test.each([
    { printed: "v4.3.1", version: "4.3.1", major: 4 },
    { printed: "v3.22", version: "3.22.0", major: 3 },
    { printed: "v3.18.0", version: "3.18.0", major: 3 },
    { printed: "v4.0.0-rc.1", version: "4.0.0-rc.1", major: 4 },
    { printed: "v3.19.2+g8766e71", version: "3.19.2", major: 3 },
  ])("takes $printed", async ({ printed, version, major }) => {
    const path = await program("helm", `printf '%s' '${printed}'`);
    expect(await openHelm(path, signal)).toEqual({ path, version, major });
  });

  test.each([
    ["v3.17.4", "3.17.4"],
    ["v2.17.0", "2.17.0"],
    ["v5.0.0", "5.0.0"],
  ])("refuses %s, naming it and what is wanted", async (printed, version) => {
    const path = await program("helm", `printf '%s' '${printed}'`);
    await expect(openHelm(path, signal)).rejects.toMatchObject({
      code: "helm-unsupported",
      message: expect.stringMatching(new RegExp(`${version.replaceAll(".", "\\.")}.*3\\.18`)),
    });
  });

  test("refuses a program that is no helm", async () => {
    const path = await program("helm", "echo 'usage: helm'");
    await expect(openHelm(path, signal)).rejects.toMatchObject({ code: "helm-unsupported" });
  });

  test("says so when the program cannot be started", async () => {
    await expect(openHelm(join(folder, "gone"), signal)).rejects.toMatchObject({ code: "helm-missing" });
  });
});
