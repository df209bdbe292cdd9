import { describe, expect, test } from "vitest";
import type { ApplyConflict } from "../../src/model/apply-conflict.ts";
import { ApplyConflictError } from "../../src/model/errors.ts";
import { type ConflictEvidence, refuseOpenConflicts, withForce } from "../../src/plan/apply-conflicts.ts";
import { classified } from "./samples.ts";

const REPLICAS: ApplyConflict = {
  release: "web",
  object: { apiVersion: "apps/v1", kind: "Deployment", namespace: "apps", name: "web" },
  manager: "kubectl-edit",
  field: ".spec.replicas",
  live: "5",
  wanted: "2",
  remedy: null,
};
const WHOLE: ApplyConflict = { ...REPLICAS, field: null, live: null, wanted: null };
const WEB = classified("web", {}, { action: "upgrade", reason: "its chart or values have changed", revision: 3 });

const evidence = (change: Partial<ConflictEvidence> = {}): ConflictEvidence => ({
  release: "web",
  isServerSide: true,
  force: false,
  conflicts: [],
  ...change,
});

function conflictsOf(...found: readonly ConflictEvidence[]): readonly ApplyConflict[] {
  try {
    refuseOpenConflicts(found);
    return [];
  } catch (error) {
    if (error instanceof ApplyConflictError) return error.conflicts;
    throw error;
  }
}

describe("a conflict stops everything unless it is decided on", () => {
  test.for<[string, ConflictEvidence, readonly ApplyConflict[]]>([
    ["none", evidence(), []],
    ["a field", evidence({ conflicts: [REPLICAS] }), [REPLICAS]],
    ["a field, forced", evidence({ conflicts: [REPLICAS], force: true }), []],
    ["a whole object", evidence({ conflicts: [WHOLE] }), [WHOLE]],
    ["a whole object, which force cannot take", evidence({ conflicts: [REPLICAS, WHOLE], force: true }), [WHOLE]],
  ])("%s", ([, found, open]) => {
    expect(conflictsOf(found)).toEqual(open);
  });
});

test("the conflicts of all releases are told at once", () => {
  const other = { ...REPLICAS, release: "db" };
  const found = [evidence({ conflicts: [REPLICAS] }), evidence({ release: "db", conflicts: [other] })];
  expect(conflictsOf(...found)).toEqual([REPLICAS, other]);
});

test("the way to force names the releases and nothing else", () => {
  const error = new ApplyConflictError([REPLICAS, { ...REPLICAS, release: "db" }]);
  expect(error.hint).toContain("--force-conflicts web,db");
  expect(new ApplyConflictError([WHOLE]).hint).toBeNull();
});

test("what is forced says so in the plan: which field, from whom, and both values", () => {
  const [release] = withForce([WEB], [evidence({ conflicts: [REPLICAS], force: true })]);
  expect(release?.forceConflicts).toBe(true);
  expect(release?.reason).toBe(
    "its chart or values have changed; takes over .spec.replicas of Deployment web from kubectl-edit (5 → 2)",
  );
});

test("force is settled for the run even where nothing is held yet", () => {
  const [release] = withForce([WEB], [evidence({ force: true })]);
  expect(release).toMatchObject({ forceConflicts: true, reason: "its chart or values have changed" });
});

test("Helm refuses force where it applies on the client's side, and needs none: it is not asked for", () => {
  const [release] = withForce([WEB], [evidence({ force: true, isServerSide: false })]);
  expect(release?.forceConflicts).toBeUndefined();
});
