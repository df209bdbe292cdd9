import type { ConfigProblem } from "../model/errors.ts";
import { istioSource, releaseCharts } from "./rule-charts.ts";
import { zeroTimeouts } from "./rule-durations.ts";
import { environmentReleases, knownProfiles } from "./rule-environments.ts";
import { exposureWithoutProfile, gatewayInjection, gatewayPorts } from "./rule-gateways.ts";
import { duplicateNames } from "./rule-names.ts";
import { namespaceLabels } from "./rule-namespaces.ts";
import { disabledNeeds, needCycles, unknownNeeds } from "./rule-needs.ts";
import { requiresNotChecked, versionRanges } from "./rule-versions.ts";
import type { RuleInput } from "./shaped-stack.ts";

/** What no schema can say: each looks at the file as far as its shape is right. */
const RULES: readonly ((input: RuleInput) => ConfigProblem[])[] = [
  duplicateNames,
  unknownNeeds,
  disabledNeeds,
  needCycles,
  releaseCharts,
  istioSource,
  versionRanges,
  requiresNotChecked,
  gatewayPorts,
  gatewayInjection,
  exposureWithoutProfile,
  namespaceLabels,
  environmentReleases,
  knownProfiles,
  zeroTimeouts,
];

/** Applies every rule. */
export function checkRules(input: RuleInput): ConfigProblem[] {
  return RULES.flatMap((rule) => rule(input));
}
