import { describe, expect, it } from "vitest";
import { ApplyConflictError, ConfigError, FlotillaError, PlanStaleError } from "../../src/model/errors.ts";
import { errorDocument } from "../../src/report/error-document.ts";
import { formatError } from "../../src/report/errors.ts";

const quiet = { color: false, verbose: false };

const CONFIG_ERROR = new ConfigError("flotilla.yaml cannot be used.", [
  {
    severity: "error",
    message: 'unknown key "need"',
    file: "flotilla.yaml",
    line: 12,
    column: 5,
    frame: "  11 |   - name: dicom\n> 12 |     need: [x]\n     |     ^^^^",
    hint: 'did you mean "needs"?',
  },
  {
    severity: "warning",
    message: "no lock file",
    file: "flotilla.lock",
    line: null,
    column: null,
    frame: null,
    hint: null,
  },
]);

describe("errors", () => {
  it("shows code, message and hint", () => {
    const error = new FlotillaError("target-refused", "No context is named.", { hint: "Name one with --context." });
    expect(formatError(error, quiet)).toBe(
      "error[target-refused]: No context is named.\n  hint: Name one with --context.\n",
    );
  });

  it("shows every problem of a configuration, with place, frame, hint and a count", () => {
    expect(formatError(CONFIG_ERROR, quiet)).toBe(`\
error[config-invalid]: flotilla.yaml cannot be used.

flotilla.yaml:12:5 error: unknown key "need"
    11 |   - name: dicom
  > 12 |     need: [x]
       |     ^^^^
  hint: did you mean "needs"?

flotilla.lock warning: no lock file

1 error, 1 warning
`);
  });

  it("puts warnings behind every error", () => {
    const mixed = new ConfigError("flotilla.yaml has an error", CONFIG_ERROR.problems.toReversed());
    expect(formatError(mixed, quiet).match(/ (error|warning): /g)).toEqual([" error: ", " warning: "]);
  });

  it("asks for a report of what should not have happened, with the stack only on request", () => {
    const error = new TypeError("x is not a function");
    expect(formatError(error, quiet)).toMatch(/^error\[internal\]: x is not a function\n {2}hint: .*report it.*\n$/);
    expect(formatError(error, { color: false, verbose: true })).toContain("errors.test.ts");
  });

  it("shows no stack of what is no defect", () => {
    const loud = { color: false, verbose: true };
    expect(formatError(CONFIG_ERROR, loud)).toBe(formatError(CONFIG_ERROR, quiet));
    const error = new FlotillaError("cluster-unreachable", "No answer.", { cause: new Error("connect ECONNREFUSED") });
    expect(formatError(error, loud)).toBe("error[cluster-unreachable]: No answer.\ncaused by: connect ECONNREFUSED\n");
  });

  it("shows the causes when it is verbose, and ends on causes that go in a circle", () => {
    const cause = new Error("connect ECONNREFUSED");
    cause.cause = cause;
    const error = new FlotillaError("cluster-unreachable", "No answer.", { cause });
    expect(formatError(error, quiet)).toBe("error[cluster-unreachable]: No answer.\n");
    expect(formatError(error, { color: false, verbose: true }).match(/caused by: connect ECONNREFUSED/g)).toHaveLength(
      1,
    );
  });

  it.each([["a string"], [null], [undefined], [{}], [new Error("")]])("takes anything that is thrown: %j", (thrown) => {
    expect(formatError(thrown, quiet)).toMatch(/^error\[internal\]: \S/);
    expect(errorDocument(thrown)).toMatchObject({ code: "internal", message: expect.any(String) });
  });

  it("keeps further lines of a message under the first", () => {
    expect(formatError(new FlotillaError("helm-failed", "Helm failed:\nline two"), quiet)).toBe(
      "error[helm-failed]: Helm failed:\n  line two\n",
    );
  });

  it("is a document for programs", () => {
    expect(errorDocument(CONFIG_ERROR)).toMatchObject({
      code: "config-invalid",
      problems: [{ file: "flotilla.yaml", line: 12, column: 5, hint: 'did you mean "needs"?' }],
      warnings: [{ file: "flotilla.lock", line: null }],
      findings: null,
    });
  });

  it("sets what a saved plan says beside what is so now", () => {
    const differences = [
      { code: "revision", subject: "release web in apps", saved: "revision 3", now: "revision 4" },
      { code: "chart", subject: "release db in apps", saved: "db 1.0.0", now: "db 1.1.0" },
    ] as const;
    const error = new PlanStaleError("2 things have moved on. Nothing was changed.", differences);
    expect(formatError(error, quiet)).toBe(`\
error[plan-stale]: 2 things have moved on. Nothing was changed.

            WHAT                 IN THE PLAN  NOW
  revision  release web in apps  revision 3   revision 4
  chart     release db in apps   db 1.0.0     db 1.1.0

  hint: Plan anew: \`flotilla plan --save FILE\`, then look at it again.
`);
    expect(errorDocument(error)).toMatchObject({ code: "plan-stale", differences, conflicts: null, findings: null });
  });

  it("names who holds which field, both values, and the choices", () => {
    const object = { apiVersion: "apps/v1", kind: "Deployment", namespace: "apps", name: "web" };
    const conflicts = [
      {
        release: "web",
        object,
        manager: "kubectl-edit",
        field: ".spec.replicas",
        live: "5",
        wanted: "2",
        remedy: "Ask.",
      },
      { release: "web", object, manager: "nobody", field: null, live: null, wanted: null, remedy: null },
    ];
    const error = new ApplyConflictError(conflicts);
    expect(formatError(error, quiet)).toBe(`\
error[apply-conflict]: 2 things are in other hands that web would change. Nothing was changed.

✖ web  Deployment apps/web  .spec.replicas
  held by  kubectl-edit
  held at  5
  wanted   2
  → Ask.

✖ web  Deployment apps/web
  held by  nobody

  hint: To take the fields over: \`--force-conflicts web\`, this once, or \`forceConflicts: true\` at the release in the stack file, for good.
`);
    expect(errorDocument(error)).toMatchObject({ code: "apply-conflict", conflicts, differences: null });
  });
});
