import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach } from "vitest";

import type { RunContext } from "../../src/model/context.ts";
import type { RunEvent } from "../../src/model/events.ts";

/** A folder of its own for every test of a file, with flotilla's cache in it. */
export interface TempCache {
  /** Absolute path; gone after the test. */
  readonly folder: string;
  /** The cache below it. */
  readonly cache: string;
}

/** Gives each test of the file its own folder and cache, and no credentials of whoever runs the tests. */
export function useTempCache(): TempCache {
  const state = { folder: "", cache: "" };
  const names = ["FLOTILLA_CACHE_DIR", "HELM_REGISTRY_CONFIG", "HELM_REPOSITORY_CONFIG", "DOCKER_CONFIG"] as const;
  const before = new Map(names.map((name) => [name, process.env[name]]));
  beforeEach(async () => {
    state.folder = await mkdtemp(join(tmpdir(), "flotilla-charts-"));
    state.cache = join(state.folder, "cache");
    process.env["FLOTILLA_CACHE_DIR"] = state.cache;
    process.env["HELM_REGISTRY_CONFIG"] = join(state.folder, "helm-registry.json");
    process.env["HELM_REPOSITORY_CONFIG"] = join(state.folder, "helm-repositories.yaml");
    process.env["DOCKER_CONFIG"] = join(state.folder, "docker");
  });
  afterEach(async () => {
    for (const [name, value] of before) {
      if (value === undefined) {
        delete process.env[name];
      } else {
        process.env[name] = value;
      }
    }
    await rm(state.folder, { recursive: true, force: true });
  });
  return state;
}

/** The context of one run, with its events. */
export function recordingContext(
  signal: AbortSignal = AbortSignal.timeout(20_000),
): RunContext & { readonly events: RunEvent[] } {
  const events: RunEvent[] = [];
  return { signal, emit: (event) => void events.push(event), events };
}
