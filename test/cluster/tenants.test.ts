import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chartFolder } from "../charts-rendered/render-chart.ts";
import { type CommandResult, flotilla } from "../support/flotilla.ts";
import { installIstioCrds } from "../support/istio-crds.ts";
import { startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";

let sandbox: TestSandbox;
let folder: string;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  folder = await mkdtemp(join(tmpdir(), "tenants-"));
  await sandbox.api.send("POST", "/api/v1/namespaces", { metadata: { name: "istio-ingress" } });
  await installIstioCrds(sandbox);
});

afterAll(async () => {
  await sandbox?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs a command on a stack of tenants: name, host for HTTPS and port for DICOM of each. */
async function onStack(
  command: "plan" | "up",
  stack: string,
  tenants: readonly (readonly [name: string, port: number])[],
): Promise<CommandResult> {
  const releases = tenants.map(([name, port]) => ({
    name,
    namespace: name,
    chart: chartFolder("dicom"),
    values: [{ routing: { web: { host: `${name}.example.org` }, dicom: { port } } }],
  }));
  const file = join(folder, `${stack}.yaml`);
  await writeFile(file, JSON.stringify({ apiVersion: "flotilla/v1", stack, releases }));
  return flotilla([command, "-c", file, "--sandbox", "--yes", "-o", "json"], { env: sandbox.env });
}

test("two tenants that claim one port are refused before anything is touched", async () => {
  const refused = await onStack("plan", "hospital", [
    ["north", 11112],
    ["south", 11112],
  ]);
  expect(refused.code).toBe(4);
  expect(refused.stderr).toContain("gateway-conflict");
  for (const name of ["north", "south"]) expect(refused.stderr).toContain(`of release ${name}`);
  expect(await sandbox.api.get("/api/v1/namespaces/north")).toBeNull();
  expect(
    (
      await onStack("up", "hospital", [
        ["north", 11112],
        ["south", 11112],
      ])
    ).code,
  ).toBe(4);
  expect(await sandbox.api.get("/api/v1/namespaces/north")).toBeNull();
});

test("each with its own port, they stand side by side; another stack's claim on one of them is refused", async () => {
  const installed = await onStack("up", "hospital", [
    ["north", 11112],
    ["south", 11113],
  ]);
  expect(installed.stderr).not.toContain("error");
  expect(installed.code).toBe(0);

  const late = await onStack("plan", "clinic", [["west", 11113]]);
  expect(late.code).toBe(4);
  expect(late.stderr).toContain("of release south");
  expect((await onStack("plan", "clinic", [["west", 11114]])).code).toBe(0);

  // What a release claims itself is no conflict.
  const again = [
    ["north", 11113],
    ["south", 11112],
  ] as const;
  expect((await onStack("plan", "hospital", again)).code).toBe(0);
});
