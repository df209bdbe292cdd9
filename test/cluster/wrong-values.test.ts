import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chartFolder, HELMS } from "../charts-rendered/render-chart.ts";
import { WRONG } from "../charts-rendered/wrong-values.ts";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { writeChartFolder } from "../support/chart-archive.ts";
import { type CommandResult, flotilla } from "../support/flotilla.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";

let sandbox: TestSandbox;
let folder: string;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  folder = await mkdtemp(join(tmpdir(), "wrong-values-"));
});

afterAll(async () => {
  await sandbox?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe.each(HELMS)("plan with %s", (tool) => {
  test.each(WRONG)("refuses %s, with the path of the value", async (_what, values, part, path) => {
    const tenant = (name: string, own: object, port: number): object => ({
      name,
      namespace: name,
      chart: chartFolder("dicom"),
      values: [{ routing: { web: { host: `${name}.example.org` }, dicom: { port } } }, own],
    });
    const releases = [tenant("wrong", values, 11112), tenant("right", {}, 11113)];
    const file = join(folder, "flotilla.yaml");
    await writeFile(file, JSON.stringify({ apiVersion: "flotilla/v1", stack: "wrong", releases }));
    const env = { ...sandbox.env, FLOTILLA_HELM: (await ensureTools([tool], quietContext()))[tool] };
    const { code, stderr } = await flotilla(["plan", "-c", file, "--sandbox"], { env });
    expect(code).toBe(2);
    expect(stderr).toContain("error[values-invalid]");
    expect(stderr).toContain("The values of release wrong do not fit the chart's schema");
    expect(stderr).toContain(`${part}: at `);
    expect(stderr).toContain(path);
  });
});

describe.each(HELMS)("up with %s", (tool) => {
  const UNREADY =
    '{{ if not (lookup "v1" "ConfigMap" .Release.Namespace "first") }}{{ fail "first is not there" }}{{ end }}';
  let file: string;
  let env: Readonly<Record<string, string>>;

  beforeAll(async () => {
    await sandbox.reset();
    env = { ...sandbox.env, FLOTILLA_HELM: (await ensureTools([tool], quietContext()))[tool] };
    file = join(folder, "flotilla.yaml");
    const config = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ .Release.Name }} }\n";
    const chart = (name: string, files: Readonly<Record<string, string>>): Promise<unknown> =>
      writeChartFolder(join(folder, name), {
        name,
        version: "1.0.0",
        files: { "templates/config.yaml": config, ...files },
      });
    await chart("plain", {});
    await chart("typed", { "values.schema.json": '{"properties":{"port":{"type":"integer"}}}' });
    await chart("asking", { "templates/check.yaml": '{{ required "host must be set" .Values.host }}' });
    await chart("second", { "templates/check.yaml": UNREADY });
  });

  const up = async (releases: readonly object[], ...args: readonly string[]): Promise<CommandResult> => {
    const placed = releases.map((release) => ({ namespace: "wrong", ...release }));
    await writeFile(file, JSON.stringify({ apiVersion: "flotilla/v1", stack: "wrong", releases: placed }));
    return flotilla(["up", "-c", file, "--sandbox", "--yes", ...args], { env });
  };
  const first = { name: "first", chart: "./plain" };
  const typed = { name: "typed", chart: "./typed", needs: ["first"], values: [{ port: "eighty" }] };
  const asking = { name: "asking", chart: "./asking", needs: ["first"] };

  test("names every release whose chart does not take its values, and touches nothing", async () => {
    const { code, stderr } = await up([first, typed, asking]);
    expect(code, stderr).toBe(2);
    expect(stderr).toContain("error[values-invalid]");
    expect(stderr).toMatch(/The values of release typed do not fit the chart's schema: typed: at '\/port'/);
    expect(stderr).toMatch(/refuses the values of release asking: host must be set \(asking\/templates\/check\.yaml/);
    expect(await sandbox.api.get("/api/v1/namespaces/wrong")).toBeNull();
  });

  test("says it once, also in a plan", async () => {
    await up([first, typed, asking]);
    const { code, stderr } = await flotilla(["plan", "-c", file, "--sandbox"], { env });
    expect(code, stderr).toBe(2);
    for (const why of ["/port", "host must be set"]) expect(stderr.split(why)).toHaveLength(2);
  });

  test("has nothing against them where the release is left out", async () => {
    const { code, stderr } = await up([first, typed], "--only", "first");
    expect(code, stderr).toBe(0);
  });

  test("leaves to helm what a chart refuses by what it finds in the cluster", async () => {
    await sandbox.reset();
    const { code, stderr } = await up([first, { name: "second", chart: "./second", needs: ["first"] }]);
    expect(code, stderr).toBe(0);
  });
});
