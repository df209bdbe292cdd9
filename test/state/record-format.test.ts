import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../src/model/kube-object.ts";
import type { StackRecord } from "../../src/model/observed.ts";
import { newRecord, recordFromSecret, recordName, recordToSecret } from "../../src/state/record-format.ts";

const RECORD: StackRecord = {
  stack: "demo",
  hashKey: "ab".repeat(32),
  releases: {
    web: { namespace: "apps", revision: 3, targets: [], inputsHash: "now", intent: null },
    db: {
      namespace: "apps",
      revision: null,
      targets: [],
      inputsHash: null,
      intent: {
        action: "install",
        owner: { run: "run-7", host: "builder", pid: 4711, processStarted: "boot/1" },
        fromRevision: null,
        since: "2026-11-23T20:05:17Z",
      },
    },
  },
  namespaces: ["apps", "edge"],
};

/** A Secret whose record is this text. */
const secretOf = (text: string): KubeObject => ({
  ...recordToSecret(RECORD, "flotilla-system", "41"),
  data: { "record.json": Buffer.from(text).toString("base64") },
});
const changed = (change: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ format: 1, ...RECORD, ...change });

describe("a stack's record", () => {
  test("comes back from its Secret as it was", () => {
    expect(recordFromSecret(recordToSecret(RECORD, "flotilla-system", null))).toEqual(RECORD);
    expect(recordFromSecret(recordToSecret(newRecord("demo"), "flotilla-system", "1"))).toMatchObject({
      stack: "demo",
      releases: {},
      namespaces: [],
    });
  });

  test("lies in a Secret that says whose it is, of no kind that Helm looks at", () => {
    expect(recordToSecret(RECORD, "flotilla-system", null)).toMatchObject({
      apiVersion: "v1",
      kind: "Secret",
      type: "flotilla.dev/stack",
      metadata: {
        name: recordName("demo"),
        namespace: "flotilla-system",
        labels: { "app.kubernetes.io/managed-by": "flotilla", "flotilla.dev/stack": "demo" },
      },
    });
  });

  test("is written over the version that was read, and over no other", () => {
    expect(recordToSecret(RECORD, "x", "41").metadata.resourceVersion).toBe("41");
    expect(recordToSecret(RECORD, "x", null).metadata).not.toHaveProperty("resourceVersion");
  });

  test("has a key of its own, which nobody can guess", () => {
    const keys = [newRecord("demo").hashKey, newRecord("demo").hashKey];
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(keys[0]).not.toBe(keys[1]);
  });
});

test("a release whose targets an earlier flotilla did not note counts as changed", () => {
  const { web } = RECORD.releases;
  const { releases } = recordFromSecret(secretOf(changed({ releases: { web: { ...web, targets: undefined } } })));
  expect(releases["web"]).toEqual({ ...web, targets: [], inputsHash: null });
});

describe("a record that cannot be read is refused, never guessed at", () => {
  test.for<readonly [string, KubeObject]>([
    ["no data", { ...recordToSecret(RECORD, "x", null), data: {} }],
    ["data of another kind", { ...recordToSecret(RECORD, "x", null), data: { "record.json": 5 } }],
    ["no JSON", secretOf("{")],
    ["no object", secretOf("null")],
    ["of a newer flotilla", secretOf(changed({ format: 2 }))],
    ["without a key", secretOf(changed({ hashKey: undefined }))],
    ["with a key that is none", secretOf(changed({ hashKey: "xyz" }))],
    ["without a stack", secretOf(changed({ stack: 1 }))],
    ["without releases", secretOf(changed({ releases: undefined }))],
    ["with a list of releases", secretOf(changed({ releases: [] }))],
    ["with a release that is none", secretOf(changed({ releases: { web: { namespace: "apps" } } }))],
    [
      "with a revision that is none",
      secretOf(changed({ releases: { web: { ...RECORD.releases["web"], revision: "3" } } })),
    ],
    ["without namespaces", secretOf(changed({ namespaces: null }))],
    ["with a namespace that is none", secretOf(changed({ namespaces: [1] }))],
  ])("%s", ([, secret]) => {
    expect(() => recordFromSecret(secret)).toThrow(
      expect.objectContaining({
        code: "plan-stale",
        message: expect.stringContaining("flotilla-stack-demo"),
        hint: expect.stringContaining("newer flotilla"),
      }),
    );
  });

  test("and its contents are not in the message", () => {
    const key = "cd".repeat(32);
    let message = "";
    try {
      recordFromSecret(secretOf(changed({ hashKey: key, namespaces: null })));
    } catch (error) {
      message = JSON.stringify(error, Object.getOwnPropertyNames(error));
    }
    expect(message).toContain("flotilla-stack-demo");
    expect(message).not.toContain(key);
  });
});
