import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Diagnosis } from "../../src/model/diagnosis.ts";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { type CommandResult, flotilla } from "../support/flotilla.ts";
import { recordObjects } from "../support/record-objects.ts";
import { openTestCluster, type TestCluster } from "../support/test-cluster.ts";
import { quietContext } from "../support/test-sandbox.ts";
import { failingStack } from "./failures.ts";

const folder = await mkdtemp(join(tmpdir(), "failures-"));
const { file, failures, namespaces } = await failingStack(folder);

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await openTestCluster();
});

afterAll(async () => {
  cluster?.api.close();
  await rm(folder, { recursive: true, force: true });
});

describe.each(["helm4", "helm3"] as const)("on real nodes, up with %s", (tool) => {
  let run: CommandResult;
  let diagnose: CommandResult;
  const findings = ({ stdout }: CommandResult, name: string): readonly Diagnosis[] =>
    JSON.parse(stdout).releases.find((release: { name: string }) => release.name === name).diagnosis;

  beforeAll(async () => {
    const { [tool]: helm } = await ensureTools([tool], quietContext());
    const env = { FLOTILLA_HELM: helm };
    run = await flotilla(["up", "-c", file, ...cluster.flags, "--yes", "-o", "json"], { env });
    diagnose = await flotilla(["diagnose", "-c", file, ...cluster.flags, "-o", "json"], { env });
    await recordObjects(cluster.api, namespaces);
  });

  afterAll(() => cluster.clean(...namespaces, "flotilla-system"));

  test("fails as a whole, with every release looked at", () => {
    expect(run.code, run.stderr).toBe(1);
    const { outcome, releases } = JSON.parse(run.stdout);
    expect(outcome).toBe("failed");
    expect(releases).toEqual(failures.map(({ name }) => expect.objectContaining({ name, outcome: "failed" })));
  });

  test.for(failures)("names $name as $code", ({ name, code, kind, mentions }) => {
    const found = findings(run, name);
    expect(found[0]).toMatchObject({ code, object: { kind, namespace: `failing-${name}` } });
    expect(found[0]?.hint).not.toBe("");
    expect(JSON.stringify(found[0])).toMatch(mentions);
    // The same cause is told once, and without guesses beside it.
    expect(found.filter((each) => each.code === code)).toHaveLength(1);
    expect(found.map((each) => each.code)).not.toContain("unknown");
  });

  test.for(failures.filter(({ code }) => code !== "hook-failed"))("diagnose finds $name as well", ({ name, code }) => {
    expect(findings(diagnose, name).map((each) => each.code)).toContain(code);
  });
});
