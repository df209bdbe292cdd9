import { type OutdatedProxies, restartCommand } from "../model/proxies.ts";
import type { Palette } from "./colors.ts";
import { plainLine } from "./plain-text.ts";
import { tableLines } from "./tables.ts";

/** A section with proxies that need a restart, and the commands for it; no lines when there are none. */
export function proxyLines(outdated: readonly OutdatedProxies[], palette: Palette): string[] {
  if (outdated.length === 0) return [];
  const rows = outdated.map((proxies) => [
    plainLine(`${proxies.namespace}/${proxies.name}`),
    `${proxies.pods}`,
    palette.yellow(plainLine(proxies.version)),
    plainLine(proxies.controlPlane),
    plainLine(restartCommand(proxies)),
  ]);
  const headers = ["WORKLOAD", "PODS", "PROXY", "ISTIOD", "RESTART"];
  return ["", palette.bold("Outdated proxies"), ...tableLines(rows, { headers, headerPaint: palette.dim })];
}
