import { expect, it } from "vitest";
import type { JournaledRelease, JournalEntry } from "../../src/model/journal.ts";
import { historyText } from "../../src/report/history-text.ts";

const release = (name: string, change: Partial<JournaledRelease>): JournaledRelease => ({
  name,
  namespace: "shop",
  action: "upgrade",
  needs: [],
  chart: `${name} 1.0.0`,
  injected: false,
  istiod: false,
  revisionBefore: 1,
  revisionAfter: null,
  outcome: null,
  message: null,
  ...change,
});

const RUN: JournalEntry = {
  run: "r1",
  stack: "shop",
  environment: "dev",
  context: "kind-dev",
  command: "up",
  undoes: null,
  owner: { run: "r1", host: "laptop", pid: 1, processStarted: "" },
  user: "ada",
  startedAt: "2026-11-26T09:00:00.000Z",
  finishedAt: "2026-11-26T09:00:03.000Z",
  outcome: "failed",
  namespaces: [],
  releases: [
    release("db", { outcome: "failed" }),
    release("cache", { action: "unchanged", outcome: "unchanged", revisionAfter: 1 }),
    release("web", { outcome: "skipped", revisionAfter: 1 }),
  ],
};

it("counts what a run has touched, not what it never got to", () => {
  expect(historyText("shop", [RUN], { color: false })).toBe(`\
     RUN  COMMAND  STARTED               TIME  BY          OUTCOME  RELEASES
  ✖  r1   up       2026-11-26T09:00:00Z  3.0s  ada@laptop  failed   1 of 3 changed
`);
});
