import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { beforeEach, describe, expect, test } from "vitest";

import { loadStack } from "../../src/operations/load-stack.ts";
import { otherEnvironments } from "../../src/operations/other-environments.ts";
import { checkLock, resolveLock } from "../../src/operations/resolve-lock.ts";
import { parseLock } from "../../src/lock/parse-lock.ts";
import { packChart } from "../support/chart-archive.ts";
import { recordingContext, useTempCache } from "../support/temp-cache.ts";

const temp = useTempCache();
const FILE = `apiVersion: flotilla/v1
stack: shop
environments:
  dev: { releases: { extra: { enabled: false } } }
  prod: {}
releases:
  - { name: app, namespace: shop, chart: { source: ./packed, name: app }, version: "\${env:FLOTILLA_TEST_RANGE}" }
  - { name: extra, namespace: shop, chart: { source: ./packed, name: app }, values: [{ host: "\${env:FLOTILLA_TEST_HOST}" }] }
`;

beforeEach(async () => {
  await mkdir(join(temp.folder, "packed"));
  await writeFile(join(temp.folder, "packed", "app.tgz"), await packChart({ name: "app", version: "1.0.0" }));
  await writeFile(join(temp.folder, "flotilla.yaml"), FILE.replace("${env:FLOTILLA_TEST_RANGE}", "^1.0.0"));
});

const load = (environment: string, keepUnset = true) =>
  loadStack({ file: join(temp.folder, "flotilla.yaml"), environment, keepUnset }, recordingContext());

async function lock(environment: string): Promise<void> {
  const [stack, context] = [await load(environment), recordingContext()];
  const others = await otherEnvironments(stack, context);
  await resolveLock(stack, { update: [], write: true, others }, context);
}

const locked = async (): Promise<readonly string[]> =>
  parseLock(await readFile(join(temp.folder, "flotilla.lock"), "utf8"), "x").entries.map(({ release }) => release);

describe("a lock that environments share", () => {
  test("keeps what another one has when it is made in one of them", async () => {
    await lock("prod");
    expect(await locked()).toEqual(["app", "extra"]);
    await lock("dev");
    expect(await locked()).toEqual(["app", "extra"]);
  });

  test("loses what none of them has any more", async () => {
    await lock("prod");
    await writeFile(
      join(temp.folder, "flotilla.yaml"),
      `${FILE.split("  - { name: extra")[0]}`
        .replace("${env:FLOTILLA_TEST_RANGE}", "^1.0.0")
        .replace("{ releases: { extra: { enabled: false } } }", "{}"),
    );
    await lock("dev");
    expect(await locked()).toEqual(["app"]);
  });

  test("loses nothing while the file cannot be read for one of them", async () => {
    await lock("prod");
    await resolveLock(await load("dev"), { update: "all", write: true, others: null }, recordingContext());
    expect(await locked()).toEqual(["app", "extra"]);
  });
});

describe("variables that are not set", () => {
  test("are no obstacle to a check, and a range that hangs on one is taken for what was locked", async () => {
    await lock("prod");
    await writeFile(join(temp.folder, "flotilla.yaml"), FILE);
    await expect(load("prod", false)).rejects.toMatchObject({ code: "config-invalid" });
    const stack = await load("prod");
    expect(stack.releases.map(({ values }) => values)).toEqual([{}, { host: "${env:FLOTILLA_TEST_HOST}" }]);
    expect(await checkLock(stack, recordingContext())).toEqual([]);
  });

  test("are named when a chart cannot be found without", async () => {
    await writeFile(join(temp.folder, "flotilla.yaml"), FILE);
    await expect(lock("prod")).rejects.toMatchObject({
      code: "config-invalid",
      message: "The chart of release app depends on ${env:FLOTILLA_TEST_RANGE}, which is not set.",
    });
  });
});
