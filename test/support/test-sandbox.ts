import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunContext } from "../../src/model/context.ts";
import { istioCharts } from "../../src/sandbox/istio-charts.ts";
import { resetSandbox } from "../../src/sandbox/reset-sandbox.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { stopSandbox } from "../../src/sandbox/stop-sandbox.ts";
import { type ClusterApi, clusterApi } from "./cluster-api.ts";

/** A sandbox of a test file's own: its state is in a temporary folder. */
export interface TestSandbox {
  readonly api: ClusterApi;
  readonly kubeconfig: string;
  readonly context: string;
  /** What commands need to mean this sandbox and no other. */
  readonly env: Readonly<Record<string, string>>;
  /** Folder or URL of Istio's charts. */
  readonly istioSource: string;
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** A context for operations called by tests: never aborted, events dropped. */
export function quietContext(): RunContext {
  return { signal: new AbortController().signal, emit: () => {} };
}

/** Starts a sandbox for one test file. */
export async function startTestSandbox(): Promise<TestSandbox> {
  const folder = await mkdtemp(join(tmpdir(), "flotilla-test-"));
  process.env["FLOTILLA_STATE_DIR"] = folder;
  const context = quietContext();
  const sandbox = await startSandbox("test", context);
  const api = await clusterApi(sandbox.kubeconfig);
  return {
    api,
    kubeconfig: sandbox.kubeconfig,
    context: sandbox.context,
    env: { FLOTILLA_STATE_DIR: folder, FLOTILLA_SANDBOX: "test" },
    istioSource: (await istioCharts(context)).source,
    reset: () => resetSandbox("test", context),
    stop: async () => {
      api.close();
      await stopSandbox("test", context);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
