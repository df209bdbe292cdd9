import { appendFile, readFile, rename, symlink, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { openHelm } from "../../src/helm/helm.ts";
import { useTempCache } from "../support/temp-cache.ts";

const { signal } = new AbortController();
const place = useTempCache();

/** As large as helm; it counts how often it is asked. */
async function program(version: string, size = 21_000_000): Promise<string> {
  const path = `${place.folder}/helm`;
  const script = `#!/bin/sh\necho asked >> ${place.folder}/asked\nprintf '%s' '${version}'\nexit 0\n`;
  await writeFile(path, script + "#".repeat(size), { mode: 0o755 });
  return path;
}

async function timesAsked(): Promise<number> {
  return (await readFile(`${place.folder}/asked`, "utf8")).trim().split("\n").length;
}

test("a helm is asked for its version once", async () => {
  const path = await program("v4.3.1");
  const first = await openHelm(path, signal);
  expect(first).toEqual({ path, version: "4.3.1", major: 4 });
  expect(await openHelm(path, signal)).toEqual(first);
  expect(await timesAsked()).toBe(1);
});

test("and again when another stands in its place", async () => {
  await openHelm(await program("v4.3.1"), signal);
  expect(await openHelm(await program("v3.22.0"), signal)).toMatchObject({ version: "3.22.0", major: 3 });
});

test("a shim is asked each time: it may run another helm", async () => {
  const path = await program("v4.3.1", 0);
  await openHelm(path, signal);
  await openHelm(path, signal);
  expect(await timesAsked()).toBe(2);
});

test("so is a link to a version manager, however large that is", async () => {
  const path = await program("v4.3.1");
  await rename(path, `${place.folder}/manager`);
  await symlink("manager", path);
  await openHelm(path, signal);
  await openHelm(path, signal);
  expect(await timesAsked()).toBe(2);
});

test("what is no version is not kept", async () => {
  const path = await program("usage: helm");
  await expect(openHelm(path, signal)).rejects.toMatchObject({ code: "helm-unsupported" });
  await expect(openHelm(path, signal)).rejects.toMatchObject({ code: "helm-unsupported" });
  expect(await timesAsked()).toBe(2);
});

test("a cache that cannot be written is no hindrance", async () => {
  const path = await program("v4.3.1");
  await appendFile(place.cache, "a file, no folder");
  expect(await openHelm(path, signal)).toMatchObject({ version: "4.3.1" });
});
