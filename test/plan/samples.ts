import type { LocalChart, PinnedRelease } from "../../src/model/lock.ts";
import type { ObservedRelease, RecordedRelease, ReleaseIntent } from "../../src/model/observed.ts";
import type { Release } from "../../src/model/stack.ts";
import type { ClassifiedRelease } from "../../src/plan/build.ts";
import { sampleRelease } from "../support/sample-stack.ts";

/** A release with its chart; what a test says beside its name is changed. */
export function pinned(name: string, change: Partial<Release> = {}, chart: Partial<LocalChart> = {}): PinnedRelease {
  return {
    release: sampleRelease({ name, chart: { type: "folder", path: `/charts/${name}` }, namespace: "apps", ...change }),
    chart: {
      name: `${name}-chart`,
      version: "1.2.3",
      appVersion: null,
      digest: `sha256:${name}`,
      path: `/charts/${name}`,
      source: "/charts",
      postHooks: false,
      ...chart,
    },
  };
}

/** A release that is to be installed, unless a test says otherwise. */
export function classified(
  name: string,
  change: Partial<Release> = {},
  what: Partial<Omit<ClassifiedRelease, "pinned">> = {},
): ClassifiedRelease {
  return { pinned: pinned(name, change), action: "install", reason: "not installed", revision: null, ...what };
}

/** Revision 3 of the release `web`, deployed by stack `demo` from inputs with the hash `now`. */
export function observed(change: Partial<ObservedRelease> = {}): ObservedRelease {
  return {
    name: "web",
    namespace: "apps",
    revision: 3,
    status: "deployed",
    deployedRevision: 3,
    stack: "demo",
    inputsHash: "now",
    adopted: false,
    ...change,
  };
}

/** What the record says of {@link observed}. */
export function recorded(change: Partial<RecordedRelease> = {}): RecordedRelease {
  return { namespace: "apps", revision: 3, inputsHash: "now", targets: [], intent: null, ...change };
}

/** Some run has announced an upgrade. */
export const INTENT: ReleaseIntent = {
  action: "upgrade",
  owner: { run: "run-7", host: "builder", pid: 4711, processStarted: "boot/1" },
  fromRevision: 2,
  since: "2026-11-23T20:05:17Z",
};
