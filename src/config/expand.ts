import type { ConfigProblem } from "../model/errors.ts";
import type { Environment, Namespace, Release, Stack } from "../model/stack.ts";
import { SANDBOX } from "./choose-environment.ts";
import type { DraftRelease } from "./draft-release.ts";
import { draftReleases } from "./draft-releases.ts";
import { LayerSource } from "./layer-source.ts";
import { pullSecrets, stateNamespace } from "./pull-secrets.ts";
import { releaseNames } from "./release-names.ts";
import { areOurs, releaseValues } from "./release-values.ts";
import type { References } from "./references.ts";
import { unclearExposure } from "./rule-exposure.ts";
import { missingMesh } from "./rule-mesh.ts";
import { authorityFiles } from "./rule-sources.ts";
import { readSetValues } from "./set-values.ts";
import { placedReleases, type RuleInput } from "./shaped-stack.ts";
import { smokeTests } from "./smoke-tests.ts";
import type { StackInput } from "./stack-input.ts";

/** The stack, as far as the file goes, and what came up while files beside it were read. */
export interface Expanded {
  readonly stack: Stack;
  readonly problems: readonly ConfigProblem[];
}

const DEFAULT_PARALLEL = 4;

/** Turns a shaped file into the stack of one environment: releases, values and namespaces in full. */
export async function expandStack(rules: RuleInput, input: StackInput, references: References): Promise<Expanded> {
  const { stack, tree, source } = rules;
  const environment = chosenEnvironment(rules);
  const here = stack.environments?.[environment.name];
  const names = releaseNames(tree).map(({ name }) => name);
  const set = await readSetValues(input.set, names, references);
  const files = new LayerSource(input, source, references);
  const profilePath = ["environments", environment.name, "profile"];
  const profile = environment.profile === null ? {} : await files.profile(environment.profile, profilePath);
  const surroundings = { profile, environment: here?.values ?? {}, set: set.layers, files };

  const drafts = await draftReleases(rules, input, environment.profile);
  const kept = drafts.releases.filter(({ name }) => here?.releases?.[name]?.enabled !== false);
  const present = new Set(kept.map(({ name }) => name));
  const releases: Release[] = [];
  for (const draft of kept) {
    const { name, namespace, role, chart, version, injected, wait, adopt, forceConflicts, protect } = draft;
    const needs = draft.needs.filter((need) => present.has(need));
    const values = await releaseValues(draft, surroundings);
    const verify = testsOf(draft, kept, rules);
    const settled = { injected, wait, adopt, forceConflicts, protect, ...verify };
    const ours = areOurs(draft, surroundings) && { valuesAreOurs: true as const };
    releases.push({ name, namespace, role, chart, version, needs, values, ...ours, ...settled });
  }
  return {
    stack: {
      name: stack.stack,
      file: input.file,
      environment,
      requires: {
        helm: stack.requires?.helm ?? null,
        kubernetes: stack.requires?.kubernetes ?? null,
        flotilla: stack.requires?.flotilla ?? null,
      },
      releases,
      namespaces: namespacesOf(rules, releases),
      repairInjection: stack.istio?.repairInjection ?? true,
      parallel: stack.defaults?.parallel ?? DEFAULT_PARALLEL,
      stateNamespace: stateNamespace(stack),
    },
    problems: [
      ...set.problems,
      ...files.problems,
      ...drafts.problems,
      ...missingMesh(rules, drafts.releases),
      ...(await authorityFiles(rules, input)),
      ...unclearExposure(rules, environment.profile, profile),
    ],
  };
}

function testsOf(
  { name, role }: DraftRelease,
  drafts: readonly DraftRelease[],
  { stack, folder }: RuleInput,
): Pick<Release, "verify"> {
  const placed = role === null ? placedReleases(stack).find(({ entry }) => entry.name === name) : undefined;
  const verify = placed === undefined ? [] : smokeTests(placed.entry, drafts, folder);
  return verify.length === 0 ? {} : { verify };
}

function chosenEnvironment({ stack, environment: { name, sandbox } }: RuleInput): Environment {
  // The sandbox is its own cluster: no context of the file's can mean it.
  if (sandbox) return { name, profile: SANDBOX, context: null };
  const entry = stack.environments?.[name];
  return { name, profile: entry?.profile ?? null, context: entry?.context ?? null };
}

function namespacesOf({ stack }: RuleInput, releases: readonly Release[]): Namespace[] {
  const names = new Set([...Object.keys(stack.namespaces ?? {}), ...releases.map(({ namespace }) => namespace)]);
  return [...names].toSorted().map((name) => {
    const { labels = {}, annotations = {} } = stack.namespaces?.[name] ?? {};
    return { name, labels, annotations, pullSecretsFrom: pullSecrets(stack, name) };
  });
}
