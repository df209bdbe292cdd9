import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { exitCodeOf } from "../../src/cli/exit-codes.ts";
import { ConfigError, type ErrorCode, FlotillaError } from "../../src/model/errors.ts";
import { packageRoot } from "../../src/runtime/directories.ts";

/** The contract: 1 the run failed; 2 usage or configuration; 4 refused before anything was touched; 130 interrupted. */
const CONTRACT: Readonly<Record<number, readonly ErrorCode[]>> = {
  1: ["api-failed", "helm-failed", "run-failed", "timeout", "tool-failed", "sandbox-failed", "internal"],
  2: [
    "usage",
    "plan-invalid",
    "run-unknown",
    "config-not-found",
    "config-invalid",
    "values-invalid",
    "confirmation-required",
  ],
  4: [
    "file-exists",
    "chart-not-found",
    "chart-invalid",
    "source-unreachable",
    "source-denied",
    "digest-mismatch",
    "lock-stale",
    "context-unknown",
    "preflight-failed",
    "target-refused",
    "need-unmet",
    "cluster-unreachable",
    "cluster-unauthorized",
    "forbidden",
    "helm-missing",
    "helm-unsupported",
    "release-owned",
    "release-locked",
    "release-protected",
    "apply-conflict",
    "gateway-conflict",
    "run-locked",
    "journal-damaged",
    "undo-refused",
    "destructive-change",
    "plan-stale",
    "write-failed",
    "tool-missing",
    "sandbox-missing",
  ],
  130: ["interrupted"],
};
const rows = Object.entries(CONTRACT).flatMap(([exit, codes]) => codes.map((code) => [code, Number(exit)] as const));

describe("an error ends the process with", () => {
  test.for(rows)("%s: %d", ([code, exit]) => {
    expect(exitCodeOf(new FlotillaError(code, "message"))).toBe(exit);
  });

  test("2 when the stack file is wrong", () => {
    expect(exitCodeOf(new ConfigError("message", []))).toBe(2);
  });

  test.for([new Error("defect"), "a string", undefined, null])("1 when it is a defect: %s", (thrown) => {
    expect(exitCodeOf(thrown)).toBe(1);
  });
});

test("every code of the model is in the contract's table", async () => {
  const source = await readFile(join(packageRoot(), "src", "model", "errors.ts"), "utf8");
  const codes = [...source.matchAll(/^ {2}\| "([a-z-]+)"/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(25);
  expect(rows.map(([code]) => code).toSorted()).toEqual(codes.toSorted());
});
