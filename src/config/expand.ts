import type { ConfigProblem } from "../model/errors.ts";
import type { Environment, Namespace, Release, Stack } from "../model/stack.ts";
import { SANDBOX } from "./choose-environment.ts";
import { draftReleases } from "./draft-releases.ts";
import { LayerSource } from "./layer-source.ts";
import { releaseNames } from "./release-names.ts";
import { releaseValues } from "./release-values.ts";
import { readSetValues } from "./set-values.ts";
import type { RuleInput } from "./shaped-stack.ts";
import type { StackInput } from "./stack-input.ts";

/** The stack, as far as the file goes, and what came up while files beside it were read. */
export interface Expanded {
  readonly stack: Stack;
  readonly problems: readonly ConfigProblem[];
}

const DEFAULT_PARALLEL = 4;
const DEFAULT_STATE_NAMESPACE = "flotilla-system";

/** Turns a shaped file into the stack of one environment: releases, values and namespaces in full. */
export async function expandStack(rules: RuleInput, input: StackInput): Promise<Expanded> {
  const { stack, tree, folder, source } = rules;
  const environment = chosenEnvironment(rules);
  const here = stack.environments?.[environment.name];
  const set = readSetValues(
    input.set,
    releaseNames(tree).map(({ name }) => name),
  );
  const files = new LayerSource(input, source);
  const profilePath = ["environments", environment.name, "profile"];
  const profile = environment.profile === null ? {} : await files.profile(environment.profile, profilePath);
  const surroundings = { profile, environment: here?.values ?? {}, set: set.layers, files };

  const drafts = draftReleases(stack, { folder, defaultIstioSource: input.defaultIstioSource });
  const kept = drafts.filter(({ name }) => here?.releases?.[name]?.enabled !== false);
  const names = new Set(kept.map(({ name }) => name));
  const releases: Release[] = [];
  for (const draft of kept) {
    const { name, namespace, role, chart, version, injected, wait } = draft;
    const needs = draft.needs.filter((need) => names.has(need));
    const values = await releaseValues(draft, surroundings);
    releases.push({ name, namespace, role, chart, version, needs, injected, values, wait });
  }
  return {
    stack: {
      name: stack.stack,
      file: input.file,
      environment,
      releases,
      namespaces: namespacesOf(rules, releases),
      parallel: stack.defaults?.parallel ?? DEFAULT_PARALLEL,
      stateNamespace: stack.state?.namespace ?? DEFAULT_STATE_NAMESPACE,
    },
    problems: [...set.problems, ...files.problems],
  };
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
    return { name, labels, annotations };
  });
}
