import type { KubeClient } from "../kube/kube-client.ts";
import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { Stack } from "../model/stack.ts";
import type { SmokeTest, WayChoice } from "../model/verify.ts";
import type { ProbeResult, SmokeTestResult, VerifyReport } from "../model/verify-report.ts";
import { probeDns } from "../verify/probe-dns.ts";
import { ProbeFault } from "../verify/probe-fault.ts";
import { type Probe, probesOf, runProbes } from "../verify/run-test.ts";
import { chooseReleases } from "./choose-releases.ts";
import type { Cluster } from "./connect-cluster.ts";
import { explainTest } from "./explain-test.ts";
import { findEntrance, type FoundEntrance } from "./find-entrance.ts";
import { openWay } from "./open-way.ts";
import { readTestSecrets } from "./read-test-secrets.ts";
import { showingNoSecrets } from "./without-secrets.ts";

/** What is to be tested, and how to get there. */
export interface VerifyOptions {
  /** Names of releases; none: all of the stack. */
  readonly releases?: readonly string[];
  /** `auto` by default. */
  readonly via?: WayChoice;
}

/**
 * Runs the smoke tests that releases declare, all at the same time. What fails is part of the result. Changes nothing but
 * what `roundTrip` stores.
 * @throws FlotillaError `usage` when nothing declares any, or for a release that the stack does not have
 */
export const verify = showingNoSecrets(runSmokeTests);

async function runSmokeTests(
  stack: Stack,
  cluster: Cluster,
  { releases = [], via = "auto" }: VerifyOptions,
  context: RunContext,
): Promise<VerifyReport> {
  const begun = performance.now();
  const declared = smokeTestsOf(stack, releases);
  const tests = await Promise.all(declared.map((test) => runTest(cluster.client, test, via, context)));
  return {
    version: 1,
    stack: stack.name,
    environment: stack.environment.name,
    context: cluster.context,
    outcome: tests.every(({ outcome }) => outcome === "passed") ? "passed" : "failed",
    durationMs: Math.round(performance.now() - begun),
    tests,
  };
}

/** The smoke tests of some releases, or of all. @throws FlotillaError `usage` when there are none, or in the sandbox */
export function smokeTestsOf(stack: Stack, releases: readonly string[]): readonly SmokeTest[] {
  if (stack.environment.profile === "sandbox") {
    throw new FlotillaError("usage", "In the sandbox pods are simulated: nothing answers there.", {
      hint: "Verify a cluster with real nodes: name its context with --context.",
    });
  }
  const chosen = chooseReleases(stack, releases);
  const tests = chosen.flatMap(({ verify: own = [] }) => own);
  if (tests.length > 0) return tests;
  const whose = releases.length === 0 ? `No release of stack ${stack.name}` : `None of ${releases.join(", ")}`;
  throw new FlotillaError("usage", `${whose} declares a smoke test.`, {
    hint: "Write them below `verify` of a release in the stack file; docs/verify.md shows how.",
  });
}

async function runTest(
  client: KubeClient,
  test: SmokeTest,
  choice: WayChoice,
  { signal, emit }: RunContext,
): Promise<SmokeTestResult> {
  const begun = performance.now();
  const told = (result: ProbeResult): void =>
    emit({ type: "probe-finished", release: test.release, test: test.name, ...result });
  const target = `${test.host ?? (test.entrance.type === "gateway" ? test.entrance.release : test.entrance.name)}:${test.port}`;
  let via: string | null = null;
  let probes: readonly ProbeResult[];
  try {
    const [entrance, own] = await Promise.all([
      findEntrance(client, test, signal),
      readTestSecrets(client, test, signal),
    ]);
    const way = await openWay(client, test, entrance, choice, signal);
    via = way.text;
    const session = { dial: way.dial, target, host: test.host, tls: test.tls, ...own };
    const all = [...dnsProbe(test, entrance), ...probesOf(test, session)];
    const explain = (fault: ProbeFault, stop: AbortSignal): Promise<ProbeFault> =>
      explainTest(client, test, entrance, fault, stop);
    probes = await runProbes(all, { timeoutMs: test.timeoutMs, explain, told }, signal);
  } catch (error) {
    if (!(error instanceof ProbeFault)) throw error;
    probes = [neverBegun(error)];
    probes.forEach(told);
  }
  return {
    release: test.release,
    name: test.name,
    kind: test.kind,
    target,
    via,
    outcome: probes.every(({ outcome }) => outcome === "passed") ? "passed" : "failed",
    durationMs: Math.round(performance.now() - begun),
    probes,
  };
}

function dnsProbe({ dns, host }: SmokeTest, { addresses }: FoundEntrance): readonly Probe[] {
  return dns && host !== null ? [{ name: "dns", run: () => probeDns(host, addresses) }] : [];
}

/** What a test needs is not there: it fails before its first probe. */
function neverBegun({ code, message, hint }: ProbeFault): ProbeResult {
  return { probe: "connect", outcome: "failed", code, message, hint, durationMs: 0 };
}
