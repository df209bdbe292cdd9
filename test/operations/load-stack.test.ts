import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RunEvent } from "../../src/model/events.ts";
import { findStackFile, loadStack } from "../../src/operations/load-stack.ts";

const TEXT = `apiVersion: flotilla/v1
stack: shop
releases:
  - { name: app, namespace: shop, chart: ./app, values: [values/app.yaml] }
`;

let folder = "";
let events: RunEvent[] = [];
const context = { signal: new AbortController().signal, emit: (event: RunEvent) => void events.push(event) };

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "flotilla-load-")));
  events = [];
  await mkdir(join(folder, "below/deeper"), { recursive: true });
  await mkdir(join(folder, "values"));
  await mkdir(join(folder, "app"));
  await writeFile(join(folder, "flotilla.yaml"), TEXT);
  await writeFile(join(folder, "values/app.yaml"), "host: ${env:FLOTILLA_TEST_HOST:-none}\n");
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

describe("a stack file", () => {
  test("is found from a folder below, and its paths are its own", async () => {
    vi.stubEnv("FLOTILLA_TEST_HOST", "db.example");
    const cwd = join(folder, "below/deeper");
    expect(await findStackFile(cwd)).toBe(join(folder, "flotilla.yaml"));
    expect(await loadStack({ cwd }, context)).toMatchObject({
      file: join(folder, "flotilla.yaml"),
      releases: [{ chart: { type: "folder", path: join(folder, "app") }, values: { host: "db.example" } }],
    });
    expect(events).toEqual([]);
  });

  test("can be named, relative to the working directory", async () => {
    await writeFile(join(folder, "below/other.yaml"), "apiVersion: flotilla/v1\nstack: other\n");
    expect(await loadStack({ cwd: folder, file: "below/other.yaml" }, context)).toMatchObject({ name: "other" });
  });

  test("gets the sandbox's profile from flotilla's own package", async () => {
    await writeFile(join(folder, "flotilla.yaml"), "apiVersion: flotilla/v1\nstack: mesh\nistio: {}\n");
    const stack = await loadStack({ cwd: folder, sandbox: true, defaultIstioSource: "/packed" }, context);
    expect(stack).toMatchObject({
      environment: { name: "sandbox", profile: "sandbox", context: null },
      releases: [
        {
          name: "istio-base",
          chart: { type: "repository", url: "/packed", name: "base" },
          values: { defaultRevision: "" },
        },
        { name: "istiod", values: { global: { operatorManageWebhooks: true } } },
      ],
    });
  });

  test("takes environment and --set from the caller", async () => {
    await writeFile(join(folder, "flotilla.yaml"), `${TEXT}environments: { dev: {}, prod: { context: prod-eks } }\n`);
    const stack = await loadStack({ cwd: folder, environment: "prod", set: ["app.host=x"] }, context);
    expect(stack).toMatchObject({
      environment: { name: "prod", context: "prod-eks" },
      releases: [{ values: { host: "x" } }],
    });
  });

  test("sends its warnings as notices", async () => {
    await writeFile(join(folder, "flotilla.yaml"), `${TEXT}istio: { hub: gcr.io/istio-release }\n`);
    await loadStack({ cwd: join(folder, "below") }, context);
    const place = `${join(folder, "flotilla.yaml")}:5`;
    expect(events).toEqual([
      {
        type: "notice",
        level: "warning",
        message: `${place}: Istio removes gcr.io/istio-release in December 2026`,
        hint: "use docker.io/istio",
      },
    ]);
  });
});

describe("what is wrong is named as the user sees it", () => {
  test("a chart that is not there, with what stands beside it", async () => {
    await writeFile(join(folder, "flotilla.yaml"), TEXT.replace("./app,", "./ap,"));
    await expect(loadStack({ cwd: folder }, context)).rejects.toMatchObject({
      code: "config-invalid",
      problems: [{ line: 4, message: 'there is no folder "./ap"', hint: 'did you mean "./app"?' }],
    });
    await mkdir(join(folder, "app.tgz"));
    await writeFile(join(folder, "flotilla.yaml"), TEXT.replace("./app,", "./app.tgz,"));
    await expect(loadStack({ cwd: folder }, context)).rejects.toMatchObject({
      problems: [{ line: 4, message: '"./app.tgz" is a folder, and no chart\'s archive' }],
    });
  });

  test("but not where charts do not matter: what is installed can be looked at and removed without them", async () => {
    await rm(join(folder, "app"), { recursive: true });
    const stack = await loadStack({ cwd: folder, withoutCharts: true }, context);
    expect(stack.releases.map(({ name }) => name)).toEqual(["app"]);
  });

  test("problems in the stack file and in a values file", async () => {
    await writeFile(join(folder, "flotilla.yaml"), TEXT.replace("name: app,", "name: app, nedes: [],"));
    await writeFile(join(folder, "values/app.yaml"), "- 1\n");
    await expect(loadStack({ cwd: folder }, context)).rejects.toMatchObject({
      code: "config-invalid",
      message: "flotilla.yaml has 2 errors",
      problems: [
        { file: "flotilla.yaml", line: 4, column: 18, hint: 'did you mean "needs"?' },
        { file: "values/app.yaml", line: 1, column: 1 },
      ],
    });
  });

  test("a values file that is a folder", async () => {
    await writeFile(join(folder, "flotilla.yaml"), TEXT.replace("values/app.yaml", "values"));
    await expect(loadStack({ cwd: folder }, context)).rejects.toMatchObject({
      problems: [{ line: 4, message: expect.stringMatching(/^"values" cannot be read: .*EISDIR/) }],
    });
  });

  test("no stack file in any folder above", async () => {
    await rm(join(folder, "flotilla.yaml"));
    expect(await findStackFile(folder)).toBeNull();
    await expect(loadStack({ cwd: folder }, context)).rejects.toMatchObject({
      code: "config-not-found",
      message: `There is no flotilla.yaml in ${folder} or in a folder above it.`,
      hint: "Write one with flotilla init, or name another file with -c FILE.",
    });
  });

  test("a named stack file that is not there, or is a folder", async () => {
    await expect(loadStack({ cwd: folder, file: "none.yaml" }, context)).rejects.toMatchObject({
      code: "config-not-found",
      message: "There is no stack file none.yaml.",
    });
    await expect(loadStack({ cwd: folder, file: "below" }, context)).rejects.toMatchObject({
      code: "config-not-found",
      message: expect.stringMatching(/^The stack file below cannot be read: .*EISDIR/),
    });
  });
});
