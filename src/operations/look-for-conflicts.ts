import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { Stack } from "../model/stack.ts";
import { type ConflictEvidence, refuseOpenConflicts } from "../plan/apply-conflicts.ts";
import type { ClassifiedRelease, ObservedNamespace } from "../plan/build.ts";
import { isSelected, type Selection } from "../plan/select.ts";
import { type ReadStored, readApplyHistory } from "./apply-history.ts";
import type { HelmProvider } from "./choose-helm.ts";
import type { Cluster } from "./connect-cluster.ts";
import { findConflicts } from "./find-conflicts.ts";

/** What conflicts are looked for in. */
export interface ConflictInput {
  readonly stack: Stack;
  readonly releases: readonly ClassifiedRelease[];
  /** The stack's namespaces that exist. */
  readonly namespaces: readonly ObservedNamespace[];
  readonly cluster: Cluster;
  readonly provideHelm: HelmProvider;
  /** What a release would apply, as text. */
  readonly render: (classified: ClassifiedRelease) => Promise<string>;
  readonly readStored: ReadStored;
  readonly selection: Selection;
}

/**
 * Looks, for every release that changes, whether somebody else holds fields of its objects that it sets differently. Helm 4
 * would stop there, in the middle of a run; Helm 3, and releases that were made with it, overwrite without asking.
 * @returns what was found; where it is not open, it is to be forced
 * @throws ApplyConflictError with every conflict that nobody has decided on
 */
export async function lookForConflicts(
  input: ConflictInput,
  context: RunContext,
): Promise<readonly ConflictEvidence[]> {
  const { stack, releases, namespaces, cluster, provideHelm, render, readStored, selection } = input;
  const { client } = cluster;
  const { signal } = context;
  const selected = isSelected(stack.releases, selection);
  const changing = releases.filter(({ pinned, action }) => mayMeet(action) && selected(pinned.release.name));
  if (changing.length === 0) return [];
  // At the same time: helm takes as long to say its version as the cluster to say what there is.
  const [helm, histories] = await Promise.all([
    provideHelm.open(),
    readApplyHistory(client, { releases: changing, namespaces, readStored }, signal),
  ]);
  if (helm.major === 3) return [];
  const found = await Promise.all(
    histories.map(async ({ classified, isServerSide, mayBeThere, before }): Promise<Evidence> => {
      const { release } = classified.pinned;
      const none = { release: release.name, force: release.forceConflicts, isServerSide, conflicts: [] };
      const nothing = { ...none, isPartial: false };
      if (!isServerSide || !mayBeThere) return nothing;
      try {
        const manifest = await render(classified);
        return { ...none, ...(await findConflicts(client, { release, manifest, before }, signal)) };
      } catch (error) {
        if (isLeftToHelm(error)) return nothing;
        throw error;
      }
    }),
  );
  if (found.some(({ isPartial }) => isPartial)) warnOfPartial(cluster, context);
  refuseOpenConflicts(found);
  return found;
}

type Evidence = ConflictEvidence & { readonly isPartial: boolean };

/** What is adopted takes all fields over anyway. */
function mayMeet(action: ClassifiedRelease["action"]): boolean {
  return action === "install" || action === "upgrade" || action === "recover";
}

/** What cannot be rendered, or read, helm will say better than a look beforehand. */
function isLeftToHelm(error: unknown): boolean {
  return error instanceof FlotillaError && (error.code === "helm-failed" || error.code === "chart-invalid");
}

function warnOfPartial({ context: name }: Cluster, { emit }: RunContext): void {
  emit({
    type: "notice",
    level: "warning",
    message: `Not allowed to look everywhere in ${name} whether others hold fields that the stack sets: a release may stop there.`,
    hint: "It takes the rights to list the objects of the releases, and to patch them.",
  });
}
