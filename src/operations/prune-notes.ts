import type { KubeClient } from "../kube/kube-client.ts";
import { objectRefs } from "../manifest/object-ref.ts";
import { parseManifest } from "../manifest/parse-manifest.ts";
import { FlotillaError } from "../model/errors.ts";
import type { Stack } from "../model/stack.ts";
import type { RemovedRelease } from "../plan/build-prune.ts";
import { checkDown } from "../preflight/check-down.ts";
import { gatherDownFacts } from "./gather-down-facts.ts";
import type { StoredManifests } from "./stored-manifests.ts";

/**
 * What others lose by the releases that are pruned: what a `down` is refused for. Said, not refused: that a release is out
 * of the stack file and `--prune` is asked for was wanted twice. One that only moves to another namespace takes nothing away.
 */
export async function pruneNotes(
  client: KubeClient,
  { name: stack, releases }: Stack,
  removed: readonly RemovedRelease[],
  stored: StoredManifests,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const going = removed.filter((release) => releases.every(({ name }) => name !== release.name));
  const installed = await Promise.all(
    going.map(async ({ name, namespace, revision }) => {
      const found = await stored.of({ name, namespace, revision }, signal);
      return { name, namespace, objects: found === null ? [] : parseManifest(found.manifest) };
    }),
  );
  const facts = await gatherDownFacts(client, { installed, crds: [], namespaces: [] }, signal).catch((error: unknown) =>
    notKnown(error, signal),
  );
  if (typeof facts === "string") return [facts];
  const findings = checkDown({
    ...facts,
    stack,
    releases: [...releases, ...removed],
    objects: installed.flatMap(({ namespace, objects }) => objectRefs(objects, namespace)),
    claims: [],
    claimsGo: false,
  });
  return findings.map(({ message }) => `--prune: ${message}`);
}

/** Whoever may not look everywhere, or cannot (a conversion webhook that is gone), may uninstall all the same. */
function notKnown(error: unknown, signal: AbortSignal): string {
  if (error instanceof FlotillaError && !signal.aborted) {
    return `--prune: whether others lose something by it is not known. ${error.message}`;
  }
  throw error;
}
