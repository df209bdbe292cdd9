import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { HelmError, helmFailure } from "../../src/helm/helm-error.ts";
import type { DiagnosisCode } from "../../src/model/diagnosis.ts";

/** Standard error by `helm4 NAME` and `helm3 NAME`. */
const SAMPLES: ReadonlyMap<string, string> = new Map(
  readFileSync(new URL("stderr-samples.txt", import.meta.url), "utf8")
    .split(/^##### /m)
    .slice(1)
    .map((sample) => {
      const end = sample.indexOf("\n");
      return [sample.slice(0, end), sample.slice(end + 1)];
    }),
);

const WORK = { verb: "upgrade", name: "dicom", namespace: "pacs" } as const;

interface Expected {
  readonly sample: string;
  readonly code: DiagnosisCode;
  /** What the message must name. */
  readonly names: readonly string[];
  /** Kind and name of the object; what Helm 3 says, where it says less. */
  readonly object?: string | null;
  readonly object3?: string | null;
}

const EXPECTED: readonly Expected[] = [
  { sample: "locked", code: "release-locked", names: ["dicom"] },
  { sample: "immutable", code: "immutable-field", names: ["spec.selector"], object: "Deployment/d" },
  {
    sample: "sts-forbidden",
    code: "immutable-field",
    names: ["StatefulSet", "updateStrategy"],
    object: "StatefulSet/s",
  },
  { sample: "roleref", code: "immutable-field", names: ["roleRef"], object: "RoleBinding/rb" },
  { sample: "pvc-immutable", code: "immutable-field", names: ["pv"], object: "PersistentVolumeClaim/pv" },
  { sample: "conflict", code: "apply-conflict", names: ["admissionsenforcer", ".data.a"], object: "ConfigMap/a" },
  { sample: "conflict2", code: "apply-conflict", names: ["one, two", ".data.a, .data.b"], object: "ConfigMap/tw" },
  {
    sample: "ownership",
    code: "apply-conflict",
    names: ['ConfigMap "owned"', "does not belong"],
    object: "ConfigMap/owned",
  },
  {
    sample: "webhook-denied",
    code: "webhook-denied",
    names: ["rev.validation.istio.io", "gateway must have at least one server"],
    object: "ConfigMap/w4",
    object3: null,
  },
  {
    sample: "vap",
    code: "webhook-denied",
    names: ["policy vap", "vapped is no good name"],
    object: "ConfigMap/vapped",
    object3: null,
  },
  {
    sample: "webhook-unreachable",
    code: "webhook-unreachable",
    names: ["rev.validation.istio.io", "connection refused"],
    object: "ConfigMap/wu",
    object3: null,
  },
  {
    sample: "webhook-noservice",
    code: "webhook-unreachable",
    names: ['service "istiod" not found'],
    object: "ConfigMap/wu",
    object3: null,
  },
  {
    sample: "nested-schema",
    code: "schema",
    names: ["schema: routing: at '/dicom/clientCertificates/required': value must be true."],
  },
  { sample: "schema", code: "schema", names: ["at '/a': got string, want integer", "'b' not allowed"], object: null },
  { sample: "unkfield", code: "schema", names: [".spec.nope"], object: "Service/unkfield" },
  { sample: "wrongtype", code: "schema", names: ["replicas"], object: "Deployment/wrongtype", object3: null },
  { sample: "badsvc", code: "schema", names: ["spec.ports[0].port", "99999"], object: "Service/badsvc" },
  { sample: "forbidden", code: "forbidden", names: ["jane may not list secrets in namespace h"] },
  { sample: "escalate", code: "forbidden", names: ["permissions"], object: "ClusterRole/esc-h4", object3: null },
  {
    sample: "quota",
    code: "quota",
    names: ["quota q", 'configmaps "z"', "limited: count/configmaps=0"],
    object: "ConfigMap/z",
    object3: null,
  },
  { sample: "terminating", code: "namespace-terminating", names: ["-t is being deleted"] },
  { sample: "nokind", code: "crd-not-established", names: ["Widget", "example.com/v1"], object: "Widget/w" },
  {
    sample: "podsecurity",
    code: "pod-security",
    names: ["restricted:latest", "privileged"],
    object: "Pod/p",
    object3: null,
  },
  { sample: "hook-fail", code: "hook-failed", names: ["pre-install hook", "hk-hook"], object: "Job/hk-hook" },
  {
    sample: "hook-timeout",
    code: "hook-failed",
    names: ["pre-install hook", "in time"],
    object: "Job/hkt-hook",
    object3: null,
  },
  { sample: "hook-post", code: "hook-failed", names: ["post-install hook", "hkp-hook"], object: "Job/hkp-hook" },
  { sample: "pre-upgrade", code: "hook-failed", names: ["pre-upgrade hook", "hu-hook"], object: "Job/hu-hook" },
  { sample: "post-upgrade", code: "hook-failed", names: ["post-upgrade hook", "hu-hook"], object: "Job/hu-hook" },
  { sample: "pre-delete", code: "hook-failed", names: ["hd-hook"], object: "Job/hd-hook" },
  { sample: "pre-rollback", code: "hook-failed", names: ["hr-hook"], object: "Job/hr-hook" },
  { sample: "failtpl", code: "unknown", names: ["profile nope is not known", "failtpl/templates/all.yaml, line 1"] },
  { sample: "required", code: "unknown", names: ["password is needed"] },
  { sample: "niltpl", code: "unknown", names: ["niltpl/templates/all.yaml", "line 1", ".Values.x.y.z", "nil pointer"] },
  { sample: "nested", code: "unknown", names: ["nested/templates/_h.tpl", "line 2", ".Values.a.b.c", "nil pointer"] },
  { sample: "parsetpl", code: "unknown", names: ["parsetpl/templates/all.yaml", "line 2", "unclosed action"] },
  { sample: "badyaml", code: "unknown", names: ["badyaml/templates/all.yaml", "line 5", "mapping values"] },
  { sample: "kver", code: "unknown", names: [">=1.99.0", "v1.36.3"] },
  { sample: "nodeps", code: "unknown", names: ["depends on: sub"] },
  { sample: "nochart", code: "unknown", names: ["no chart at ./nochart"] },
  { sample: "nons", code: "unknown", names: ["no namespace nope"] },
  { sample: "big", code: "unknown", names: ["too big", "1 MiB"] },
  { sample: "wait-timeout", code: "unknown", names: ["not ready in time"], object: "Deployment/wt", object3: null },
  { sample: "wait-legacy-timeout", code: "unknown", names: ["not ready in time"] },
  { sample: "cancelled", code: "unknown", names: ["was stopped"] },
  { sample: "rollback-a-99", code: "unknown", names: ["no revision 99"] },
  { sample: "rollback-nosuch-1", code: "unknown", names: ["no Helm release dicom"] },
  { sample: "uninstall-nosuch", code: "unknown", names: ["no Helm release dicom"] },
];

describe.each([4, 3])("what helm %i says", (major) => {
  const known = EXPECTED.filter(({ sample }) => SAMPLES.has(`helm${major} ${sample}`));

  test.each(known)("$sample is told as $code", ({ sample, code, names, object, object3 }) => {
    const error = helmFailure(SAMPLES.get(`helm${major} ${sample}`) ?? "", WORK, 1);
    if (!(error instanceof HelmError)) throw new Error(`${sample} is no HelmError but ${error.code}`);
    const { diagnosis } = error;
    expect(diagnosis).toMatchObject({ code, severity: "error", since: null });
    for (const name of names) expect(diagnosis.message).toContain(name);
    const wanted = major === 3 && object3 !== undefined ? object3 : object;
    if (wanted !== undefined)
      expect(diagnosis.object && `${diagnosis.object.kind}/${diagnosis.object.name}`).toBe(wanted);
    expect(error).toMatchObject({ code: "helm-failed", hint: diagnosis.hint });
    expect(error.message).toContain("dicom");
    expect(diagnosis.hint).not.toBe("");
    expect(diagnosis.evidence[0]).toMatch(/^Error: /);
    expect(diagnosis.evidence.join("\n")).not.toMatch(/level=WARN|warnings\.go/);
  });

  test.each([
    { sample: "unreachable", code: "cluster-unreachable", names: "connection refused" },
    { sample: "badtoken", code: "cluster-unauthorized", names: "credentials" },
    { sample: "nocontext", code: "context-unknown", names: "no context nope" },
    { sample: "nokubeconfig", code: "context-unknown", names: "/nonexistent" },
  ])("$sample is an error of its own: $code", ({ sample, code, names }) => {
    const error = helmFailure(SAMPLES.get(`helm${major} ${sample}`) ?? "", WORK, 1);
    expect(error).not.toBeInstanceOf(HelmError);
    expect(error.code).toBe(code);
    expect(error.message).toContain(names);
  });
});

test("every sample is expected to mean something", () => {
  const told = new Set([
    ...EXPECTED.map(({ sample }) => sample),
    "unreachable",
    "badtoken",
    "nocontext",
    "nokubeconfig",
  ]);
  expect([...SAMPLES.keys()].map((key) => key.replace(/^helm\d /, "")).filter((sample) => !told.has(sample))).toEqual(
    [],
  );
  expect(SAMPLES.size).toBeGreaterThan(90);
});

test("a connection that breaks half-way is no refusal of the cluster", () => {
  const stderr =
    'Error: UPGRADE FAILED: Get "https://10.0.0.1:6443/api/v1/namespaces/pacs/services/x": dial tcp 10.0.0.1:6443: i/o timeout\n';
  expect(helmFailure(stderr, WORK, 1)).toMatchObject({ code: "cluster-unreachable" });
});

test("words that nobody expected are passed on, warnings left out", () => {
  const stderr = [
    "WARNING: Kubernetes configuration file is group-readable.",
    "2026/11/23 20:00:00 warning: cannot overwrite table with non table for dicom.password (map[secret:hunter2])",
    "Error: UPGRADE FAILED: the moon is full",
  ].join("\n");
  const error = helmFailure(stderr, WORK, 1);
  expect(error).toMatchObject({
    code: "helm-failed",
    diagnosis: { code: "unknown", message: "the moon is full", evidence: ["Error: UPGRADE FAILED: the moon is full"] },
  });
});

test("a helm that was killed without a word says so", () => {
  expect(helmFailure("", WORK, null)).toMatchObject({
    code: "helm-failed",
    message: expect.stringContaining("killed"),
  });
});

test("evidence stays short, however much helm writes", () => {
  const stderr = `Error: 1 error occurred:\n${`\t* ${"x".repeat(50_000)}\n`.repeat(100)}`;
  const error = helmFailure(stderr, WORK, 1);
  if (!(error instanceof HelmError)) throw error;
  expect(error.diagnosis.evidence.join("\n").length).toBeLessThan(25_000);
});
