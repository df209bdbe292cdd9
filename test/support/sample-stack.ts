import type { Release, Stack } from "../../src/model/stack.ts";

/** A release with plain settings, but for what a test says. */
export function sampleRelease(change: Partial<Release> & Pick<Release, "name" | "chart">): Release {
  return {
    namespace: "default",
    role: null,
    version: null,
    needs: [],
    injected: false,
    values: {},
    wait: { timeoutMs: 60_000, enabled: true, engine: "auto", for: [] },
    adopt: false,
    forceConflicts: false,
    protect: false,
    ...change,
  };
}

/** A stack of these releases, whose file is said to be at `file`. */
export function sampleStack(file: string, releases: readonly Release[], name = "demo"): Stack {
  return {
    name,
    file,
    environment: { name: "test", profile: null, context: null },
    requires: { helm: null, kubernetes: null, flotilla: null },
    releases,
    namespaces: [],
    repairInjection: true,
    parallel: 4,
    stateNamespace: "flotilla-system",
  };
}
