import type { JsonObject } from "../model/json.ts";
import { DEFAULT_SANDBOX, sandboxCommand } from "../model/sandbox-command.ts";
import { createPalette } from "./colors.ts";
import { plainLine } from "./plain-text.ts";

/** A sandbox, as far as it is shown. */
export interface ShownSandbox {
  readonly name: string;
  readonly state: "running" | "stopped" | "broken" | "absent";
  readonly kubeconfig: string;
  readonly context: string;
  readonly server: string | null;
  readonly kubernetesVersion: string | null;
  readonly nodes: number;
  readonly problems: readonly string[];
  readonly startedAt: string | null;
}

/** The document of `sandbox … -o json`. */
export function sandboxDocument(sandbox: ShownSandbox): JsonObject {
  return { version: 1, sandbox: { ...sandbox } };
}

/** How a sandbox stands, for people, with what helps to use it. Ends with a line break. */
export function sandboxText(sandbox: ShownSandbox, options: { readonly color: boolean }): string {
  const palette = createPalette(options.color);
  const { name, state, kubernetesVersion, nodes, server, kubeconfig, context } = sandbox;
  if (state === "absent") return `Sandbox ${name} is not there. Start it with: ${sandboxCommand("up", name)}\n`;
  const problems = sandbox.problems.map((problem) => `  ${plainLine(problem)}`);
  if (state !== "running") {
    const headline = palette.red(`Sandbox ${name} is ${state}.`);
    return `${[headline, ...problems, `Put it right with: ${sandboxCommand("up", name)}`].join("\n")}\n`;
  }
  return `${[
    palette.green(`Sandbox ${name} is running`) + `: Kubernetes ${kubernetesVersion ?? ""}, ${nodes} simulated nodes.`,
    `  server      ${server ?? ""}`,
    `  kubeconfig  ${kubeconfig}`,
    `  context     ${context}`,
    `Use it with ${name === DEFAULT_SANDBOX ? "--sandbox" : `FLOTILLA_SANDBOX=${name}`} on any command, or: export KUBECONFIG=${kubeconfig}`,
  ].join("\n")}\n`;
}
