import { expect, test } from "vitest";
import type { JournalEntry } from "../../src/model/journal.ts";
import { chooseUndo } from "../../src/plan/choose-undo.ts";
import { journalEntry as entry } from "../support/journal-samples.ts";

const undo = (run: string, undoes: string, outcome: JournalEntry["outcome"] = "succeeded"): JournalEntry =>
  entry(run, { command: "rollback", undoes, outcome });
const down = entry("d", { command: "down" });

test.each<[string, readonly JournalEntry[], string | null, string]>([
  ["the newest", [entry("b"), entry("a")], null, "b"],
  ["the named one, when it is the newest", [entry("b"), entry("a")], "b", "b"],
  ["one below an undone one", [undo("c", "b"), entry("b"), entry("a")], null, "a"],
  ["one below two undone ones", [undo("e", "a"), undo("d", "b"), entry("b"), entry("a"), entry("0")], null, "0"],
  ["what an undo that failed has not undone", [undo("c", "b", "failed"), entry("b")], null, "b"],
  ["what an interrupted undo was to undo, by name", [undo("c", "b", "interrupted"), entry("b")], "b", "b"],
  [
    "one below what was undone at the second try",
    [undo("d", "b"), undo("c", "b", "failed"), entry("b"), entry("a")],
    null,
    "a",
  ],
  ["a run that failed", [entry("b", { outcome: "failed" }), entry("a")], null, "b"],
  ["not one that changed nothing", [entry("b", { releases: [] }), entry("a")], null, "a"],
])("rollback takes %s", (_title, entries, run, chosen) => {
  expect(chooseUndo(entries, run).run).toBe(chosen);
});

test.each<[string, readonly JournalEntry[], string | null, string, string]>([
  ["there is none", [], null, "undo-refused", "no run that could be undone"],
  ["it is unknown", [entry("a")], "z", "run-unknown", "There is no run z"],
  [
    "later runs stand on it",
    [entry("c"), entry("b"), entry("a")],
    "a",
    "undo-refused",
    "later runs on top of it: c, b",
  ],
  ["it was undone", [undo("c", "b"), entry("b")], "b", "undo-refused", "was undone already"],
  ["it is the undo itself", [undo("c", "b"), entry("b")], "c", "undo-refused", "Run c is an undo itself, of run b"],
  ["it is an undo that failed", [undo("c", "b", "failed"), entry("b")], "c", "undo-refused", "Run c is an undo itself"],
  ["it removed the stack", [down, entry("a")], null, "undo-refused", "removed the stack"],
])("rollback is refused when %s", (_title, entries, run, code, message) => {
  expect(() => chooseUndo(entries, run)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  );
});
