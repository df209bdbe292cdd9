import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { eventOf, type ToldEvent } from "../support/event-of.ts";
import { flotilla, startFlotilla } from "../support/flotilla.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";

const run = promisify(execFile);
/** The promise: a helm child lives no longer than this after flotilla. */
const HELM_OUTLIVES_MS = 1_000;

/** A run that hangs says what it waits for before the test itself gives up. */
const BOUND = ["--timeout", "45s"];

let sandbox: TestSandbox;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});

afterAll(() => sandbox.stop());

/** Each moment is named by what flotilla tells when it is reached, and what may follow a little later. */
const MOMENTS: readonly (readonly [string, (event: ToldEvent) => boolean, number])[] = [
  ["before the first step", ({ type }) => type === "run-started", 0],
  ["while helm installs base", ({ type, release }) => type === "step-started" && release === "istio-base", 150],
  ["deep in base", ({ type, release }) => type === "step-started" && release === "istio-base", 700],
  ["when base is applied", ({ type, release }) => type === "release-applied" && release === "istio-base", 0],
  ["while helm installs istiod", ({ type, release }) => type === "step-started" && release === "istiod", 250],
  ["between istiod and its end", ({ type, release }) => type === "release-applied" && release === "istiod", 0],
  [
    "while both gateways go in",
    ({ type, release }) => type === "step-started" && release === "istio-egressgateway",
    120,
  ],
];

describe.each(["helm4", "helm3"] as const)("a first install that is stopped, %s", (tool) => {
  let folder: string;
  let file: string;
  let binary: string;
  let env: Readonly<Record<string, string>>;

  beforeAll(async () => {
    binary = (await ensureTools([tool], quietContext()))[tool];
    folder = await mkdtemp(join(tmpdir(), "interruption-"));
    file = join(folder, "flotilla.yaml");
    env = { ...sandbox.env, FLOTILLA_HELM: binary };
    await writeFile(
      file,
      `apiVersion: flotilla/v1
stack: stopped
istio:
  version: 1.31.1
  gateways:
    istio-ingressgateway: { role: ingress, namespace: istio-ingress }
    istio-egressgateway: { role: egress, namespace: istio-egress }
`,
    );
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(
    MOMENTS.flatMap((moment) => (["SIGINT", "SIGKILL"] as const).map((signal) => [signal, ...moment] as const)),
  )("%s %s: no helm is left, and the next up converges", async (signal, _name, reached, laterMs) => {
    await sandbox.reset();
    const running = startFlotilla(["up", "-c", file, "--sandbox", "--yes", ...BOUND, "-o", "ndjson"], { env });
    await eventOf(running, reached);
    await delay(laterMs);
    running.child.kill(signal);
    const { code } = await running.done;
    expect(code).toBe(signal === "SIGINT" ? 130 : null);
    expect(await helmsAfter(sandbox.kubeconfig)).toEqual([]);

    const next = await flotilla(["up", "-c", file, "--sandbox", "--yes", ...BOUND, "-o", "json"], { env });
    expect(next.stderr).not.toContain("error");
    expect(next.code).toBe(0);
    const status = await flotilla(["status", "-c", file, "--sandbox", "-o", "json"], { env });
    for (const release of JSON.parse(status.stdout).releases) {
      expect(release).toMatchObject({ helmStatus: "deployed", diagnosis: [], ready: true });
    }
    const again = await flotilla(["up", "-c", file, "--sandbox", "--yes", ...BOUND, "-o", "json"], { env });
    const outcomes = JSON.parse(again.stdout).releases.map((release: { outcome: string }) => release.outcome);
    expect(new Set(outcomes)).toEqual(new Set(["unchanged"]));
  });
});

test("a second run at once is refused, exit 4, with who is at work", async () => {
  await sandbox.reset();
  const folder = await mkdtemp(join(tmpdir(), "second-run-"));
  const file = join(folder, "flotilla.yaml");
  await writeFile(file, `apiVersion: flotilla/v1\nstack: twice\nistio: { version: 1.31.1 }\n`);
  const { env } = sandbox;
  const first = startFlotilla(["up", "-c", file, "--sandbox", "--yes", "-o", "ndjson"], { env });
  await eventOf(first, ({ type }) => type === "step-started");
  const second = await flotilla(["up", "-c", file, "--sandbox", "--yes"], { env });
  expect(second.code).toBe(4);
  expect(second.stderr).toContain(`process ${first.child.pid}`);
  expect((await first.done).code).toBe(0);
  await rm(folder, { recursive: true, force: true });
});

/** The helm processes of this test that are there when the promised second is over; none, as soon as none is left. */
async function helmsAfter(kubeconfig: string): Promise<readonly string[]> {
  const deadline = Date.now() + HELM_OUTLIVES_MS;
  for (;;) {
    const { stdout } = await run("ps", ["-eo", "pid=,args="]);
    const helms = stdout.split("\n").filter((line) => line.includes("helm upgrade") && line.includes(kubeconfig));
    if (helms.length === 0 || Date.now() > deadline) return helms;
    await delay(20);
  }
}
