import { expect, test } from "vitest";
import type { JournaledRelease, JournalEntry } from "../../src/model/journal.ts";
import { strayedFrom } from "../../src/plan/strayed-from.ts";
import { journaledRelease, journalEntry } from "../support/journal-samples.ts";

const part = (revisionBefore: number | null, revisionAfter: number | null): JournaledRelease =>
  journaledRelease({ revisionBefore, revisionAfter, outcome: null });

const entry = (...releases: readonly JournaledRelease[]): JournalEntry =>
  journalEntry("r", { finishedAt: null, outcome: "interrupted", releases });

const first = part(1, 2);

test.each<[string, number, readonly JournalEntry[], number | null]>([
  ["is where its run left it", 2, [entry(first)], null],
  ["was changed by somebody else", 3, [entry(first)], 2],
  ["is where a later run left it", 5, [entry(part(2, 5)), entry(first)], null],
  ["was passed over by a later run", 2, [entry({ ...part(2, 2), action: "unchanged" }), entry(first)], null],
  [
    "is not its namesake, which a later run changed",
    2,
    [entry({ ...part(7, 8), namespace: "other" }), entry(first)],
    null,
  ],
  ["was not got to by a later run that died", 2, [entry(part(2, null)), entry(first)], null],
  ["was changed once by a run that died", 3, [entry(part(2, null)), entry(first)], null],
  ["was put right and changed by a run that died", 4, [entry(part(2, null)), entry(first)], null],
  ["was changed by somebody else after a run that died", 5, [entry(part(2, null)), entry(first)], 3],
  ["was brought back by somebody else before a run that died", 1, [entry(part(2, null)), entry(first)], 3],
  ["was made by a run that died", 1, [entry(part(null, null))], null],
])("tells whether a release %s", (_title, revision, entries, expected) => {
  expect(strayedFrom(first, revision, entries)).toBe(expected);
});
