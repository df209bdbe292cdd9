import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { fetchChart } from "../../src/charts/fetch-chart.ts";
import { findChartVersion } from "../../src/charts/list-versions.ts";
import type { ChartReference } from "../../src/model/stack.ts";
import { packChart, sha256 } from "../support/chart-archive.ts";
import { startOciRegistry, type OciRegistry } from "../support/oci-registry.ts";
import { recordingContext, useTempCache } from "../support/temp-cache.ts";
import { useVariables } from "../support/variables.ts";

const temp = useTempCache();
const setVariables = useVariables();
const app = await packChart({ name: "app", version: "1.0.0" });
const user = { name: "alice", password: "s3cret" };
const login = `printf '{"ServerURL":"%s","Username":"${user.name}","Secret":"${user.password}"}' "$server"`;

let registry: OciRegistry;
beforeEach(async () => {
  registry = await startOciRegistry({ login: "basic", user });
  registry.push("team/app", "1.0.0", app);
  const programs = join(temp.folder, "programs");
  await mkdir(programs);
  setVariables({ PATH: `${programs}${delimiter}${process.env["PATH"] ?? ""}` });
});
afterEach(() => registry.close());

/** Puts `docker-credential-test` on the PATH; `$server` is what it was asked for. */
async function installHelper(script: string): Promise<void> {
  const file = join(temp.folder, "programs", "docker-credential-test");
  const asked = join(temp.folder, "asked");
  await writeFile(file, `#!/bin/sh\nserver=$(cat)\necho "$1 $server" >> ${asked}\n${script}\n`);
  await chmod(file, 0o755);
}

async function configure(file: "helm" | "docker", config: object): Promise<void> {
  const path = file === "helm" ? join(temp.folder, "helm-registry.json") : join(temp.folder, "docker", "config.json");
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, JSON.stringify(config));
}

async function fetchApp(context = recordingContext()) {
  const reference: ChartReference = { type: "oci", url: `oci://${registry.host}/team/app` };
  return fetchChart(reference, await findChartVersion(reference, "1.0.0", context), null, context);
}

describe("a credential helper", () => {
  test.each([
    ["for one registry", "docker", (host: string) => ({ credHelpers: { [host]: "test" } })],
    ["for all of docker's", "docker", (host: string) => ({ auths: { [host]: {} }, credsStore: "test" })],
    ["for all of helm's", "helm", () => ({ credsStore: "test" })],
  ] as const)("%s is asked once per run", async (_, file, config) => {
    await installHelper(login);
    await configure(file, config(registry.host));
    expect(await fetchApp()).toMatchObject({ digest: sha256(app) });
    expect(await readFile(join(temp.folder, "asked"), "utf8")).toBe(`get ${registry.host}\n`);
  });

  test("that knows nothing leaves it to the next file, without a word", async () => {
    await installHelper('echo "credentials not found in native keychain"; exit 1');
    await configure("helm", { credsStore: "test" });
    const auth = Buffer.from(`${user.name}:${user.password}`).toString("base64");
    await configure("docker", { auths: { [registry.host]: { auth } } });
    const context = recordingContext();
    expect(await fetchApp(context)).toMatchObject({ digest: sha256(app) });
    expect(context.events.filter(({ type }) => type === "notice")).toEqual([]);
  });

  test.each([
    ["is missing", null, "there is no such program on the PATH"],
    ["fails", "echo 'keychain locked: s3cret'; echo s3cret >&2; exit 3", "it ended with 3"],
    ["talks nonsense", "echo s3cret", "its answer is not understood"],
  ])("that %s is told of, and what it says is not", async (_, script, why) => {
    if (script !== null) await installHelper(script);
    await configure("docker", { credsStore: "test" });
    const context = recordingContext();
    await expect(fetchApp(context)).rejects.toMatchObject({ code: "source-denied" });
    expect(context.events).toContainEqual({
      type: "notice",
      level: "warning",
      message: `The credential helper docker-credential-test gives no login for ${registry.host}: ${why}.`,
      hint: expect.stringContaining("helm registry login") as string,
    });
    expect(JSON.stringify(context.events)).not.toContain("s3cret");
  });

  test("is not taken for a path", async () => {
    await configure("docker", { credsStore: "../test" });
    const context = recordingContext();
    await expect(fetchApp(context)).rejects.toMatchObject({ code: "source-denied" });
    expect(JSON.stringify(context.events)).toContain("its name is none");
  });
});
