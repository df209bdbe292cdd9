import type { ConfigProblem } from "../model/errors.ts";
import { valueAt } from "./json-tree.ts";
import type { RuleInput } from "./shaped-stack.ts";

/** Only ambient mode has a ztunnel. */
export function needlessZtunnel({ source, stack, tree }: RuleInput): ConfigProblem[] {
  const mode = valueAt(tree, ["istio", "mode"]) ?? "sidecar";
  if (stack.istio?.ztunnel === undefined || mode !== "sidecar") return [];
  return [
    source.problem(["istio", "ztunnel"], "key", {
      message: "ztunnel belongs to ambient mode, and this is sidecar mode",
      hint: "add mode: ambient, or remove ztunnel",
    }),
  ];
}
