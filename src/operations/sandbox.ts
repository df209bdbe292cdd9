import type { RunContext } from "../model/context.ts";
import { istioCharts } from "../sandbox/istio-charts.ts";

export { resetSandbox } from "../sandbox/reset-sandbox.ts";
export { readSandbox } from "../sandbox/read-sandbox.ts";
export type { SandboxInfo } from "../sandbox/sandbox-info.ts";
export { currentSandboxName } from "../sandbox/sandbox-name.ts";
export { startSandbox } from "../sandbox/start-sandbox.ts";
export { stopSandbox } from "../sandbox/stop-sandbox.ts";

/**
 * Where Istio's charts come from on the sandbox: the official source, or the ones packed on this machine.
 * A notice says which, and why.
 * @throws FlotillaError `source-unreachable` when there is neither, `interrupted` on abort
 */
export async function sandboxIstioSource(context: RunContext): Promise<string> {
  const { source, origin, reason } = await istioCharts(context);
  const what = origin === "official" ? "the official charts" : "charts packed on this machine";
  context.emit({ type: "notice", level: "info", message: `Istio: ${what}, ${reason}`, hint: null });
  return source;
}
