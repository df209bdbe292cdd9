import type { Hiding } from "../manifest/hidden-values.ts";
import { objectRefs } from "../manifest/object-ref.ts";
import { parseManifest } from "../manifest/parse-manifest.ts";
import { keepsOnUninstall } from "../manifest/resource-policy.ts";
import type { RunContext } from "../model/context.ts";
import type { ClassifiedRelease } from "../plan/build.ts";
import type { RemovedRelease } from "../plan/build-prune.ts";
import { removal } from "../plan/changes.ts";
import { observeChanges } from "./observe-changes.ts";
import type { DriftSources } from "./observe-drift.ts";
import type { Renders } from "./renders.ts";

/** How one plan looks at the cluster. */
export interface Looks extends DriftSources {
  readonly hiding: Hiding;
}

/** What is to be looked at object by object. */
export interface CloserInput {
  readonly releases: readonly ClassifiedRelease[];
  /** Releases that are uninstalled because they left the stack file. */
  readonly removed: readonly RemovedRelease[];
  readonly renders: Renders;
  readonly looks: Looks;
  /** Leaves out what installs add. */
  readonly brief: boolean;
}

/** The same, with what happens to each object. */
export interface CloserLook {
  readonly releases: readonly ClassifiedRelease[];
  readonly removed: readonly RemovedRelease[];
  readonly notes: readonly string[];
}

/** Says what changes in each release that does, and what goes with those that go. */
export async function lookAtChanges(input: CloserInput, context: RunContext): Promise<CloserLook> {
  const { renders, looks, brief } = input;
  const sources = { renders, stored: looks.stored, drift: looks.reader, hiding: looks.hiding };
  const isLeftOut = ({ action, revision }: ClassifiedRelease): boolean =>
    action === "unchanged" || (brief && revision === null);
  const [looked, removed] = await Promise.all([
    Promise.all(
      input.releases.map(async (classified) => {
        if (isLeftOut(classified)) return { classified, notes: [] };
        const { changes, notes } = await observeChanges(classified, sources, context);
        return { classified: { ...classified, changes }, notes };
      }),
    ),
    Promise.all(input.removed.map((release) => withRemovals(release, looks, context.signal))),
  ]);
  return {
    releases: looked.map(({ classified }) => classified),
    removed,
    notes: looked.flatMap(({ notes }) => notes),
  };
}

async function withRemovals(
  release: RemovedRelease,
  { stored, hiding }: Looks,
  signal: AbortSignal,
): Promise<RemovedRelease> {
  const found = await stored.of(release, signal);
  const objects = found === null ? [] : parseManifest(found.manifest);
  const refs = objectRefs(objects, release.namespace);
  const changes = objects.flatMap((object, index) => {
    const ref = refs[index];
    return ref === undefined || keepsOnUninstall(object) ? [] : [removal(object, ref, hiding)];
  });
  return { ...release, changes };
}
