import { describe, expect, test } from "vitest";
import { yamlDiff } from "../../src/manifest/yaml-diff.ts";
import type { JsonValue } from "../../src/model/json.ts";

const container = (change: object): JsonValue => ({
  spec: { containers: [{ name: "web", image: "web:1", env: [{ name: "LEVEL", value: "info" }], ...change }] },
});

describe("differences as YAML", () => {
  const cases: readonly (readonly [what: string, before: JsonValue | null, after: JsonValue | null, diff: string])[] = [
    ["nothing", { a: 1, b: [1, 2] }, { b: [1, 2], a: 1 }, ""],
    ["a value", { spec: { size: 1, kept: 2 } }, { spec: { size: 3, kept: 2 } }, " spec:\n-  size: 1\n+  size: 3\n"],
    ["a new object", null, { kind: "Job", spec: { size: 1 } }, "+kind: Job\n+spec:\n+  size: 1\n"],
    ["an object that goes", { kind: "Job" }, null, "-kind: Job\n"],
    ["a key more and one less", { a: 1 }, { b: { c: 2 } }, "+b:\n+  c: 2\n-a: 1\n"],
    [
      "an element that has a name, wherever it stands",
      container({}),
      { spec: { containers: [{ name: "side", image: "side:1" }, ...list(container({ image: "web:2" }))] } },
      " spec:\n   containers:\n+    - name: side\n+      image: side:1\n     - name: web\n-      image: web:1\n+      image: web:2\n",
    ],
    ["names in another order", { env: [named("A"), named("B")] }, { env: [named("B"), named("A")] }, ""],
    [
      "ports by number and protocol, which is TCP unless said",
      { ports: [{ port: 80, targetPort: 1 }] },
      { ports: [{ port: 80, protocol: "TCP", targetPort: 2 }] },
      " ports:\n   - port: 80\n     protocol: TCP\n+    protocol: TCP\n-    targetPort: 1\n+    targetPort: 2\n",
    ],
    ["arguments by place", { args: ["a", "b", "c"] }, { args: ["a", "x", "c"] }, " args:\n-  - b\n+  - x\n"],
    [
      "elements without a name by place",
      { rules: [{ verbs: ["get"] }, { verbs: ["list"] }] },
      { rules: [{ verbs: ["get"] }, { verbs: ["watch"] }] },
      " rules:\n   - # 2\n     verbs:\n-      - list\n+      - watch\n",
    ],
    ["quantities in another spelling", { limits: { cpu: "1000m" } }, { limits: { cpu: 1 } }, ""],
    [
      "a label is no quantity",
      { labels: { a: "1000m" } },
      { labels: { a: "1" } },
      ' labels:\n-  a: 1000m\n+  a: "1"\n',
    ],
    ["an empty mapping or none", { annotations: {} }, {}, ""],
    ["another sort of volume", { v: { emptyDir: {} } }, { v: {} }, " v:\n-  emptyDir: {}\n"],
    [
      "texts of several lines, line by line",
      { data: { file: `${numbers(1, 20)}\nlast\n` } },
      { data: { file: `${numbers(1, 9)}\nten\n${numbers(11, 20)}\nlast\n` } },
      " data:\n   file: |\n     8\n     9\n-    10\n+    ten\n     11\n     12\n     …\n",
    ],
  ];

  test.each(cases)("%s", (_what, before, after, diff) => {
    expect(yamlDiff(before, after)).toBe(diff);
  });
});

function named(name: string): JsonValue {
  return { name, value: name };
}

function numbers(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index).join("\n");
}

function list(object: JsonValue): readonly JsonValue[] {
  return (object as { spec: { containers: readonly JsonValue[] } }).spec.containers;
}
