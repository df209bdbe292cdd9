import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import type { KubeJson } from "../support/cluster-api.ts";
import { startFlotilla } from "../support/flotilla.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";
import { until } from "../support/until.ts";
import { arePodsMended, mendPods } from "./scenario-objects.ts";
import { HEALING, type HealingScenario } from "./healing-scenarios.ts";
import { type ObjectsFolder, objectsFolder } from "./objects-stack.ts";

/** How long a busy machine may take to name something. */
const NAMED_MS = 120_000;

let sandbox: TestSandbox;
let folder: ObjectsFolder;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  folder = await objectsFolder();
});

afterAll(async () => {
  await sandbox.stop();
  await folder.remove();
});

/** The findings of each release in what `-o ndjson` has written so far. */
function diagnosesIn(output: string): ReadonlyMap<string, readonly KubeJson[]> {
  const found = new Map<string, readonly KubeJson[]>();
  const complete = output.slice(0, output.lastIndexOf("\n") + 1).split("\n");
  for (const line of complete.filter((each) => each.includes(`"type":"diagnosis"`))) {
    const { release, step, diagnosis } = JSON.parse(line) as KubeJson;
    const name = release ?? (step as string).replace(/^namespace\//, "");
    if (diagnosis.length > 0) found.set(name, [...(found.get(name) ?? []), ...diagnosis]);
  }
  return found;
}

function saysAll({ message, evidence }: KubeJson, { says }: HealingScenario): boolean {
  return says.test([message, ...evidence].join("\n"));
}

describe.each(["helm4", "helm3"] as const)("what heals, %s", (tool) => {
  // What Helm has no part in needs one of them only.
  const scenarios = HEALING.filter(({ ofHelm = false }) => tool === "helm4" || ofHelm);
  let code: number | null;
  let result: string;
  /** What was told of each release, or of its namespace, while `up` went on. */
  let diagnoses: ReadonlyMap<string, readonly KubeJson[]>;

  /** One run for all: each is healed as soon as it is named. */
  beforeAll(async () => {
    await sandbox.reset();
    const helm = (await ensureTools([tool], quietContext()))[tool];
    for (const { name, before, namespaceLabels = {} } of scenarios) {
      await sandbox.api.send("POST", "/api/v1/namespaces", { metadata: { name, labels: namespaceLabels } });
      await before?.(sandbox.api, name);
    }
    // The policies of the run with the other Helm.
    for (const { name } of scenarios.filter(({ heal }) => heal === mendPods)) {
      expect(await until(async () => !(await arePodsMended(sandbox.api, name)), 60_000)).toBe(true);
    }
    const file = await folder.write("healing", scenarios);
    const running = startFlotilla(["up", "-c", file, "--yes", "--sandbox", "-o", "ndjson"], {
      env: { ...sandbox.env, FLOTILLA_HELM: helm },
    });
    let output = "";
    running.child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const unnamed = await Promise.all(
      scenarios.map(async (scenario) => {
        const { name, heal } = scenario;
        if (heal === undefined) return [];
        const isNamed = (): boolean => (diagnosesIn(output).get(name) ?? []).some((found) => saysAll(found, scenario));
        const named = await until(isNamed, NAMED_MS);
        await heal(sandbox.api, name);
        return named ? [] : [name];
      }),
    );
    const up = await running.done;
    code = up.code;
    diagnoses = diagnosesIn(up.stdout);
    result = up.stdout.trim().split("\n").at(-1) ?? "";
    expect(unnamed.flat(), result).toEqual([]);
  }, 600_000);

  test("the run succeeds", () => {
    expect(code, result).toBe(0);
  });

  test.each(scenarios)("$name is named as a warning, and comes right", (scenario) => {
    const release = JSON.parse(result)["releases"].find((each: KubeJson) => each["name"] === scenario.name);
    expect(release).toMatchObject({ outcome: "ready", diagnosis: [] });
    const found = diagnoses.get(scenario.name) ?? [];
    if (scenario.untold) {
      expect(found).toEqual([]);
      return;
    }
    // A slow machine shows more, such as a Service whose pods have yet to come; but nothing that is no warning.
    const told = found.map(({ severity, code }) => `${severity} ${code}`);
    expect(told).toContain(`warning ${scenario.code}`);
    expect(told.filter((each) => !each.startsWith("warning "))).toEqual([]);
    const { hint, object } = found.find((each) => saysAll(each, scenario)) ?? {};
    expect(hint).toMatch(scenario.hint);
    const [kind, name] = scenario.object;
    expect(object).toMatchObject({ kind, name: expect.stringMatching(name) });
  });
});
