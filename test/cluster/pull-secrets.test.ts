import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { type CommandResult, flotilla } from "../support/flotilla.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";

const LOGIN = "/api/v1/namespaces/vault/secrets/login";
const COPY = "/api/v1/namespaces/shop/secrets/login";
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const config = (user: string): string =>
  base64(JSON.stringify({ auths: { "registry.example": { auth: base64(user) } } }));
const MERGE = "application/merge-patch+json";

let sandbox: TestSandbox;
let folder: string;
let helm: string;

async function run(stack: string, ...args: readonly string[]): Promise<CommandResult> {
  const file = join(folder, "flotilla.yaml");
  await writeFile(file, stack);
  const env = { ...sandbox.env, FLOTILLA_HELM: helm };
  return flotilla([...args, "-c", file, "--sandbox", "--yes", "-o", "json"], { env });
}

const STACK = `apiVersion: flotilla/v1
stack: shop
namespaces: { shop: { pullSecretsFrom: [vault/login] } }
releases:
  - { name: app, namespace: shop, chart: ./app }
`;

async function namespaceStep(stack: string): Promise<unknown> {
  const plan = await run(stack, "plan");
  const { action, reason } = JSON.parse(plan.stdout).steps.find(({ id }: { id: string }) => id === "namespace/shop");
  return [action, reason];
}

beforeAll(async () => {
  sandbox = await startTestSandbox();
  folder = await mkdtemp(join(tmpdir(), "pull-secrets-"));
  helm = (await ensureTools(["helm4"], quietContext())).helm4;
  await mkdir(join(folder, "app", "templates"), { recursive: true });
  await writeFile(join(folder, "app", "Chart.yaml"), "apiVersion: v2\nname: app\nversion: 1.0.0\n");
  await writeFile(
    join(folder, "app", "templates", "map.yaml"),
    "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: app }\n",
  );
  await sandbox.api.send("POST", "/api/v1/namespaces", { metadata: { name: "vault" } });
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await sandbox.stop();
});

describe.sequential("a namespace that takes a Secret from another", () => {
  test("is not made while that Secret is missing, and nothing goes into it", async () => {
    const up = await run(STACK, "up");
    expect(up.code).toBe(1);
    expect(up.stderr).toContain("The namespace shop takes the Secret vault/login, which does not exist.");
    expect(await sandbox.api.get("/api/v1/namespaces/shop")).toBeNull();
    expect(JSON.parse(up.stdout).releases).toMatchObject([{ name: "app", outcome: "skipped" }]);
  });

  test("has a copy of type and data, labelled, before its release is installed", async () => {
    await sandbox.api.send("POST", "/api/v1/namespaces/vault/secrets", {
      metadata: { name: "login", labels: { team: "vault" } },
      type: "kubernetes.io/dockerconfigjson",
      data: { ".dockerconfigjson": config("one") },
    });
    const up = await run(STACK, "up");
    expect(up.stderr).not.toContain("error");
    expect(up.code).toBe(0);
    const copy = await sandbox.api.get(COPY);
    expect(copy).toMatchObject({
      metadata: {
        labels: { "flotilla.dev/stack": "shop" },
        annotations: { "flotilla.dev/copied-from": "vault/login" },
      },
      type: "kubernetes.io/dockerconfigjson",
      data: { ".dockerconfigjson": config("one") },
    });
    const release = await sandbox.api.get("/api/v1/namespaces/shop/secrets/sh.helm.release.v1.app.v1");
    expect(Number(release?.["metadata"].resourceVersion)).toBeGreaterThan(Number(copy?.["metadata"].resourceVersion));
    expect(await namespaceStep(STACK)).toEqual(["unchanged", "it is there"]);
  });

  test("gets the copy anew when the Secret changes, or when the copy is gone", async () => {
    await sandbox.api.send("PATCH", LOGIN, { data: { ".dockerconfigjson": config("two") } }, MERGE);
    expect(await namespaceStep(STACK)).toEqual(["upgrade", "the Secret vault/login differs from its copy in it"]);
    const up = await run(STACK, "up");
    expect(up.code).toBe(0);
    expect(JSON.parse(up.stdout).releases).toMatchObject([{ name: "app", outcome: "unchanged" }]);
    expect((await sandbox.api.get(COPY))?.["data"]).toEqual({ ".dockerconfigjson": config("two") });

    await sandbox.api.send("DELETE", COPY);
    expect(await namespaceStep(STACK)).toEqual(["upgrade", "the Secret vault/login is to be copied into it"]);
    expect((await run(STACK, "up")).code).toBe(0);
    expect((await sandbox.api.get(COPY))?.["data"]).toEqual({ ".dockerconfigjson": config("two") });
  });

  test("takes a Secret of another type under the same name", async () => {
    await sandbox.api.send("DELETE", LOGIN);
    await sandbox.api.send("POST", "/api/v1/namespaces/vault/secrets", {
      metadata: { name: "login" },
      type: "Opaque",
      data: { token: base64("three") },
    });
    expect((await run(STACK, "up")).code).toBe(0);
    expect(await sandbox.api.get(COPY)).toMatchObject({ type: "Opaque", data: { token: base64("three") } });
  });

  test("keeps a Secret of that name that is not the stack's, unless it holds the same", async () => {
    await sandbox.api.send("PATCH", COPY, { metadata: { labels: { "flotilla.dev/stack": null } } }, MERGE);
    expect((await run(STACK, "up")).code).toBe(0);
    await sandbox.api.send("PATCH", COPY, { data: { token: base64("mine") } }, MERGE);
    const up = await run(STACK, "up");
    expect(up.code).toBe(1);
    expect(up.stderr).toContain("There is a Secret login in namespace shop already, with other content");
    expect(up.stderr).not.toContain(base64("mine"));
    expect((await sandbox.api.get(COPY))?.["data"]).toEqual({ token: base64("mine") });
    await sandbox.api.send("DELETE", COPY);
    expect((await run(STACK, "up")).code).toBe(0);
  });
});

describe.sequential("down", () => {
  test("refuses a protected release by name, and removes nothing", async () => {
    const guarded = STACK.replace("chart: ./app", "chart: ./app, protect: true");
    const down = await run(guarded, "down");
    expect(down.code).toBe(4);
    expect(down.stderr).toContain("error[release-protected]: Nothing may uninstall app");
    expect(await sandbox.api.get("/api/v1/namespaces/shop/configmaps/app")).not.toBeNull();
  });

  test("takes the copy along, and leaves the Secret that it was made of", async () => {
    const down = await run(STACK, "down");
    expect(down.code).toBe(0);
    expect(await sandbox.api.get(COPY)).toBeNull();
    expect(await sandbox.api.get(LOGIN)).not.toBeNull();
    expect(await sandbox.api.get("/api/v1/namespaces/shop/configmaps/app")).toBeNull();
  });
});
