import type { ConfigProblem } from "../model/errors.ts";
import { addressPools } from "./rule-address-pool.ts";
import { istioSource, releaseCharts } from "./rule-charts.ts";
import { environmentReleases, knownProfiles } from "./rule-environments.ts";
import { gatewayInjection, gatewayPorts } from "./rule-gateways.ts";
import { needlessZtunnel } from "./rule-istio.ts";
import { duplicateNames, keyNames } from "./rule-names.ts";
import { copiedSecrets, namespaceLabels } from "./rule-namespaces.ts";
import { disabledNeeds, needCycles, unknownNeeds } from "./rule-needs.ts";
import { namedSources, sourceWarnings } from "./rule-sources.ts";
import { smokeTestsMakeSense } from "./rule-verify.ts";
import { versionRanges } from "./rule-versions.ts";
import { waitConditions, zeroTimeouts } from "./rule-waits.ts";
import type { RuleInput } from "./shaped-stack.ts";

/** What no schema can say: each looks at the file as far as its shape is right. */
const RULES: readonly ((input: RuleInput) => ConfigProblem[])[] = [
  keyNames,
  duplicateNames,
  unknownNeeds,
  disabledNeeds,
  needCycles,
  releaseCharts,
  istioSource,
  needlessZtunnel,
  namedSources,
  sourceWarnings,
  versionRanges,
  gatewayPorts,
  gatewayInjection,
  namespaceLabels,
  copiedSecrets,
  environmentReleases,
  knownProfiles,
  addressPools,
  zeroTimeouts,
  waitConditions,
  smokeTestsMakeSense,
];

/** Applies every rule. */
export function checkRules(input: RuleInput): ConfigProblem[] {
  return RULES.flatMap((rule) => rule(input));
}
