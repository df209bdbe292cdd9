import type { JournaledRelease, JournalEntry } from "../model/journal.ts";

/**
 * Whether a release is where the stack's runs have left it: null then, else the revision at which it should be. Pure.
 * @param release as the run has it that is to be undone
 * @param entries the stack's journal, newest first
 */
export function strayedFrom(
  release: JournaledRelease,
  revision: number,
  entries: readonly JournalEntry[],
): number | null {
  const isSame = ({ name, namespace }: JournaledRelease): boolean =>
    name === release.name && namespace === release.namespace;
  const parts = entries.flatMap(({ releases }) => releases.filter(isSame));
  const last = parts.find(({ action }) => action !== "unchanged") ?? release;
  const from = last.revisionBefore ?? 0;
  if (last.revisionAfter !== null) return revision === last.revisionAfter ? null : last.revisionAfter;
  // A run that died or failed has not said where it left the release: helm makes no revision, one, or two when the run first
  // puts one right.
  return revision >= from && revision <= from + 2 ? null : from + 1;
}
