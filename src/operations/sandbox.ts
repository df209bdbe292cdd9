import type { RunContext } from "../model/context.ts";
import { istioCharts } from "../sandbox/istio-charts.ts";

export { resetSandbox } from "../sandbox/reset-sandbox.ts";
export { readSandbox } from "../sandbox/read-sandbox.ts";
export type { SandboxInfo } from "../sandbox/sandbox-info.ts";
export { currentSandboxName } from "../sandbox/sandbox-name.ts";
export { startSandbox } from "../sandbox/start-sandbox.ts";
export { stopSandbox } from "../sandbox/stop-sandbox.ts";

/** Where Istio's charts come from on the sandbox: the official source, or the ones packed on this machine. */
export async function sandboxIstioSource(context: RunContext): Promise<string> {
  return (await istioCharts(context)).source;
}
