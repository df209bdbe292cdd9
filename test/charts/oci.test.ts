import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterEach, describe, expect, test } from "vitest";

import { fetchChart } from "../../src/charts/fetch-chart.ts";
import { findChartVersion, listChartVersions } from "../../src/charts/list-versions.ts";
import { FlotillaError } from "../../src/model/errors.ts";
import type { ChartReference } from "../../src/model/stack.ts";
import { withDeadline } from "../../src/runtime/abort.ts";
import { lockedAt, packChart, sha256 } from "../support/chart-archive.ts";
import { startOciRegistry, type OciRegistry, type RegistryOptions } from "../support/oci-registry.ts";
import { recordingContext, useTempCache } from "../support/temp-cache.ts";

const temp = useTempCache();
const app = await packChart({ name: "app", version: "1.0.0" });
const digest = sha256(app);
const user = { name: "alice", password: "pass:word-s3cret" };

let registry: OciRegistry;
afterEach(() => registry.close());

async function start(options: RegistryOptions = {}): Promise<ChartReference> {
  registry = await startOciRegistry(options);
  registry.push("team/app", "1.0.0", app);
  return { type: "oci", url: `oci://${registry.host}/team/app` };
}

async function fetchVersion(
  reference: ChartReference,
  version = "1.0.0",
  expectedDigest: string | null = null,
  context = recordingContext(),
) {
  return fetchChart(reference, await findChartVersion(reference, version, context), lockedAt(expectedDigest), context);
}

async function logIn(file: "helm" | "docker", key: string, entry: object): Promise<void> {
  const path = file === "helm" ? join(temp.folder, "helm-registry.json") : join(temp.folder, "docker", "config.json");
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, JSON.stringify({ auths: { [key]: entry } }));
}

const auth = Buffer.from(`${user.name}:${user.password}`).toString("base64");

describe("listing", () => {
  test("goes through all pages and leaves out what is no version", async () => {
    const reference = await start({ pageSize: 2 });
    for (const tag of ["1.1.0", "1.2.0-rc.1", "1.2", "latest", "v2.0.0", "1.0.0_build.5", "sha256-ab.sig"]) {
      registry.push("team/app", tag, app);
    }
    const versions = (await listChartVersions(reference, recordingContext())).map(({ version }) => version);
    expect(versions.toSorted()).toEqual(["1.0.0", "1.0.0+build.5", "1.1.0", "1.2.0-rc.1", "v2.0.0"]);
    expect(registry.requests).toHaveLength(4);
  });

  test("of a chart that is not there names its address", async () => {
    await start();
    const gone: ChartReference = { type: "oci", url: `oci://${registry.host}/team/gone` };
    await expect(listChartVersions(gone, recordingContext())).rejects.toMatchObject({
      code: "chart-not-found",
      message: expect.stringContaining(`oci://${registry.host}/team/gone`) as string,
    });
  });

  test.each([
    "oci://host",
    "oci://host/Upper/case",
    "oci://user:pw@host/app",
    "oci://host/app:1.0.0",
    "https://host/app",
  ])("refuses %s as an address", async (url) => {
    await start();
    await expect(listChartVersions({ type: "oci", url }, recordingContext())).rejects.toMatchObject({
      code: "config-invalid",
    });
  });
});

describe("fetching", () => {
  test("brings the archive that helm push left, without a list of tags", async () => {
    const reference = await start();
    expect(await fetchVersion(reference)).toMatchObject({
      name: "app",
      version: "1.0.0",
      digest,
      source: `oci://${registry.host}/team/app`,
    });
    expect(registry.requests).toEqual(["GET /v2/team/app/manifests/1.0.0", `GET /v2/team/app/blobs/${digest}`]);
    registry.faults.set(digest, 500);
    expect(await fetchChart(reference, null, lockedAt(digest), recordingContext())).toMatchObject({ digest });
    expect(registry.requests).toHaveLength(2);
  });

  test("finds versions with build metadata under their tag", async () => {
    const reference = await start();
    registry.push("team/app", "1.0.0_build.5", await packChart({ name: "app", version: "1.0.0+build.5" }));
    expect(await fetchVersion(reference, "1.0.0+build.5")).toMatchObject({ version: "1.0.0+build.5" });
  });

  test("finds the chart in an index", async () => {
    const reference = await start();
    const newer = await packChart({ name: "app", version: "2.0.0" });
    registry.push("team/app", "2.0.0", newer, { inIndex: true });
    expect(await fetchVersion(reference, "2.0.0")).toMatchObject({ digest: sha256(newer) });
  });

  test("of an index that was tampered with is refused, naming both digests", async () => {
    const reference = await start();
    const inner = registry.push("team/app", "2.0.0", await packChart({ name: "app", version: "2.0.0" }), {
      inIndex: true,
    });
    registry.tamper("team/app", inner);
    await expect(fetchVersion(reference, "2.0.0")).rejects.toMatchObject({
      code: "digest-mismatch",
      message: expect.stringMatching(
        new RegExp(`team/app@${inner} has digest sha256:[0-9a-f]{64}, but the registry's own index says ${inner}`),
      ) as string,
    });
  });

  test("brings a pinned archive by its digest when its tag is gone", async () => {
    const reference = await start();
    registry.push("team/app", "1.0.1", app);
    registry.untag("team/app", "1.0.0");
    expect(await fetchVersion(reference, "1.0.0", digest)).toMatchObject({ digest });
    // Without a pin there is nothing to go by.
    await expect(fetchVersion(reference, "1.0.0")).rejects.toMatchObject({ code: "chart-not-found" });
  });

  test("of a version that is not there names those that are", async () => {
    await expect(fetchVersion(await start(), "1.0.9")).rejects.toMatchObject({
      code: "chart-not-found",
      message: expect.stringContaining("version 1.0.9") as string,
      hint: expect.stringContaining("1.0.0") as string,
    });
  });

  test("of a container image is refused", async () => {
    const reference = await start();
    registry.push("team/app", "3.0.0", app, { configType: "application/vnd.oci.image.config.v1+json" });
    await expect(fetchVersion(reference, "3.0.0")).rejects.toMatchObject({
      code: "chart-invalid",
      message: expect.stringContaining("is not a Helm chart") as string,
    });
  });

  test("refuses another digest than the lock's before it downloads, naming both", async () => {
    const pinned = sha256("something else");
    await expect(fetchVersion(await start(), "1.0.0", pinned)).rejects.toMatchObject({
      code: "digest-mismatch",
      message: expect.stringMatching(new RegExp(`${digest}.*${pinned}`)) as string,
    });
    expect(registry.requests.some((request) => request.includes("/blobs/"))).toBe(false);
  });

  test.each([
    ["garbled", "digest-mismatch"],
    ["cut", "source-unreachable"],
    [404, "chart-not-found"],
    [503, "source-unreachable"],
  ] as const)("of a blob that is %s fails with %s, and works when the registry is well again", async (fault, code) => {
    const reference = await start();
    registry.faults.set(digest, fault);
    await expect(fetchVersion(reference)).rejects.toMatchObject({ code });
    registry.faults.clear();
    expect(await fetchVersion(reference)).toMatchObject({ digest });
  });

  test("of a blob that stalls ends with the run's own deadline", async () => {
    const reference = await start();
    registry.faults.set(digest, "stall");
    const late = new FlotillaError("timeout", "The run took too long.");
    const deadline = withDeadline(new AbortController().signal, 300, () => late);
    await expect(fetchVersion(reference, "1.0.0", null, recordingContext(deadline.signal))).rejects.toBe(late);
    deadline.clear();
  });

  test("of nothing but HTML is said to be no registry's answer", async () => {
    await start();
    const { startLoopbackServer } = await import("../support/loopback-server.ts");
    const portal = await startLoopbackServer((_, response) => response.end("<html>"));
    const reference: ChartReference = { type: "oci", url: `oci://${portal.host}/team/app` };
    await expect(fetchVersion(reference)).rejects.toMatchObject({
      code: "source-unreachable",
      message: expect.stringContaining("is not JSON") as string,
    });
    await portal.close();
  });
});

describe("an address with a digest", () => {
  test("stands for one version, whatever its tags say", async () => {
    const { url } = (await start()) as { url: string };
    const manifest = registry.push("team/app", "1.0.0", app);
    registry.untag("team/app", "1.0.0");
    registry.push("team/app", "1.0.0", await packChart({ name: "app", version: "1.0.0", appVersion: "evil" }));
    const reference: ChartReference = { type: "oci", url: `${url}@${manifest}` };
    const [candidate, ...others] = await listChartVersions(reference, recordingContext());
    expect(others).toEqual([]);
    expect(candidate).toMatchObject({ version: "1.0.0", digest });
    expect(await fetchVersion(reference)).toMatchObject({ digest, source: reference.url });
  });

  test("is refused when the registry answers with something else", async () => {
    const { url } = (await start()) as { url: string };
    const manifest = registry.push("team/app", "1.0.0", app);
    registry.tamper("team/app", manifest);
    const reference: ChartReference = { type: "oci", url: `${url}@${manifest}` };
    await expect(listChartVersions(reference, recordingContext())).rejects.toMatchObject({
      code: "digest-mismatch",
      message: expect.stringContaining(`but the stack file says ${manifest}`) as string,
    });
  });
});

describe("logging in", () => {
  test("takes a token for strangers, once per run", async () => {
    const reference = await start({ login: "bearer" });
    const context = recordingContext();
    await listChartVersions(reference, context);
    await fetchVersion(reference, "1.0.0", null, context);
    const tokens = registry.requests.filter((request) => request.includes("/token"));
    expect(tokens).toEqual(["GET /token?scope=repository%3Ateam%2Fapp%3Apull&service=test+registry"]);
  });

  test.each(["helm", "docker"] as const)("takes the login that %s left, for tokens and for passwords", async (file) => {
    for (const login of ["bearer", "basic"] as const) {
      const reference = await start({ login, user });
      await logIn(file, registry.host, { auth });
      expect(await listChartVersions(reference, recordingContext())).toHaveLength(1);
      expect(await fetchVersion(reference)).toMatchObject({ digest });
      await registry.close();
    }
    await start();
  });

  test("understands hosts that are filed as addresses", async () => {
    const reference = await start({ login: "basic", user });
    await logIn("docker", `https://${registry.host}/v1/`, { auth });
    expect(await fetchVersion(reference)).toMatchObject({ digest });
  });

  test.each(["bearer", "basic"] as const)(
    "without a login, a %s registry denies, and the hint is how to log in",
    async (login) => {
      await expect(fetchVersion(await start({ login, user }))).rejects.toMatchObject({
        code: "source-denied",
        message: expect.stringContaining(registry.host) as string,
        hint: expect.stringContaining(`helm registry login ${registry.host}`) as string,
      });
    },
  );

  test.each(["bearer", "basic"] as const)(
    "a wrong password for a %s registry is denied and not shown",
    async (login) => {
      const reference = await start({ login, user: { ...user, password: "another" } });
      await logIn("helm", registry.host, { auth });
      const error: unknown = await fetchVersion(reference).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: "source-denied" });
      expect(
        error instanceof FlotillaError && `${error.message} ${error.hint ?? ""} ${String(error.cause)}`,
      ).not.toMatch(/s3cret|Basic/);
    },
  );

  test("a broken credentials file is named, and its text is not shown", async () => {
    const reference = await start({ login: "basic", user });
    await writeFile(join(temp.folder, "helm-registry.json"), `{"auths": {"${user.password}"`);
    const error: unknown = await fetchVersion(reference).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: "source-denied",
      message: expect.stringContaining("helm-registry.json") as string,
    });
    expect(error instanceof FlotillaError && `${error.message} ${String(error.cause)}`).not.toContain("s3cret");
  });

  test("stays with the registry when a blob comes from elsewhere", async () => {
    const reference = await start({ login: "basic", user, blobsElsewhere: true });
    await logIn("helm", registry.host, { auth });
    expect(await fetchVersion(reference)).toMatchObject({ digest });
    expect(registry.blobLogins).toEqual([undefined]);
  });
});
