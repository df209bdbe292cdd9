import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DIAGNOSIS_CODES } from "../../src/model/diagnosis.ts";
import { ApplyConflictError, ConfigError, FlotillaError } from "../../src/model/errors.ts";
import type { JsonObject } from "../../src/model/json.ts";
import { doctorDocument } from "../../src/report/doctor-text.ts";
import { planDocument, runDocument, stackDiagnosisDocument, statusDocument } from "../../src/report/documents.ts";
import { errorDocument } from "../../src/report/error-document.ts";
import { historyDocument } from "../../src/report/history-document.ts";
import { sandboxDocument } from "../../src/report/sandbox-text.ts";
import { packageRoot } from "../../src/runtime/directories.ts";
import { IMAGE_PULL, PLAN, releaseResult, releaseStep, runResult, STATUS } from "./samples.ts";

const docs = readFileSync(join(packageRoot(), "docs", "json.md"), "utf8");
const object = { apiVersion: "v1", kind: "ConfigMap", namespace: "shop", name: "web" };
const step = releaseStep("web", [], {
  changes: [{ ...object, change: "change", destructive: true, replaced: true, loses: "all", diff: "" }],
  drift: [{ ...object, drift: "missing", diff: "" }],
});
const place = { severity: "error", message: "", file: "", line: 1, column: 1, frame: null, hint: null } as const;
const conflict = { release: "web", object, manager: "kubectl", field: null, live: null, wanted: null, remedy: null };
const owner = { run: "r", host: "h", pid: 1, processStarted: "" };

const DOCUMENTS: Readonly<Record<string, JsonObject>> = {
  plan: planDocument({ ...PLAN, steps: [step] }),
  "up, down and rollback": runDocument(runResult({ releases: [releaseResult("web", { diagnosis: [IMAGE_PULL] })] })),
  status: statusDocument({
    ...STATUS,
    outdatedProxies: [{ namespace: "", kind: "", name: "", pods: 1, version: "", controlPlane: "" }],
  }),
  diagnose: stackDiagnosisDocument({ ...STATUS, releases: STATUS.releases }),
  doctor: doctorDocument({ findings: [{ code: "", severity: "info", message: "", hint: "" }] }),
  history: historyDocument("shop", [
    {
      run: "r",
      stack: "shop",
      environment: "",
      context: "",
      command: "up",
      undoes: null,
      owner,
      user: "",
      startedAt: "",
      finishedAt: null,
      outcome: "running",
      namespaces: [],
      releases: [
        {
          name: "",
          namespace: "",
          action: "install",
          needs: [],
          chart: null,
          injected: false,
          istiod: false,
          revisionBefore: null,
          revisionAfter: null,
          outcome: null,
          message: null,
        },
      ],
    },
  ]),
  sandbox: sandboxDocument({
    name: "",
    state: "absent",
    kubeconfig: "",
    context: "",
    server: null,
    kubernetesVersion: null,
    nodes: 0,
    problems: [],
    startedAt: null,
  }),
  "configuration errors": errorDocument(new ConfigError("", [place])),
  conflicts: errorDocument(new ApplyConflictError([conflict])),
  errors: errorDocument(new FlotillaError("usage", "")),
};

function fieldsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(fieldsOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...fieldsOf(inner)]);
}

/** What stands between backticks. */
const named = new Set([...docs.matchAll(/`([^`]+)`/g)].flatMap(([, code = ""]) => code.match(/[\w-]+/g) ?? []));

describe("docs/json.md names", () => {
  test.for(Object.entries(DOCUMENTS))("every field of %s", ([, document]) => {
    expect(fieldsOf(document).filter((name) => !named.has(name))).toEqual([]);
  });

  test("every code of a diagnosis", () => {
    expect(DIAGNOSIS_CODES.filter((code) => !named.has(code))).toEqual([]);
  });

  test("every type of event", () => {
    const source = readFileSync(join(packageRoot(), "src", "model", "events.ts"), "utf8");
    const types = [...source.matchAll(/readonly type: "([a-z-]+)"/g)].map(([, type = ""]) => type);
    expect(types.length).toBeGreaterThan(10);
    expect(types.filter((type) => !docs.includes(`\n| \`${type}\` |`))).toEqual([]);
  });
});
