import { expect, it } from "vitest";
import { historyText } from "../../src/report/history-text.ts";
import { journaledRelease, journalEntry } from "../support/journal-samples.ts";

const RUN = journalEntry("r1", {
  outcome: "failed",
  releases: [
    journaledRelease({ name: "db", revisionAfter: null, outcome: "failed" }),
    journaledRelease({ name: "cache", action: "unchanged", outcome: "unchanged", revisionAfter: 1 }),
    journaledRelease({ name: "web", outcome: "skipped", revisionAfter: 1 }),
  ],
});

it("counts what a run has touched, not what it never got to", () => {
  expect(historyText("shop", [RUN], { color: false })).toBe(`\
     RUN  COMMAND  STARTED               TIME  BY          OUTCOME  RELEASES
  ✖  r1   up       2026-11-26T09:00:00Z  3.0s  ada@laptop  failed   1 of 3 changed
`);
});
