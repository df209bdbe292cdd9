import { describe, expect, test } from "vitest";
import { shownValue } from "../../src/manifest/shown-value.ts";
import type { JsonValue } from "../../src/model/json.ts";

describe("a value is shown", () => {
  test.for<[string, string, JsonValue | undefined, string | null]>([
    ["Deployment", ".spec.replicas", 5, "5"],
    ["Service", ".spec.type", "NodePort", '"NodePort"'],
    ["ConfigMap", ".data.color", "red", '"red"'],
    ["Deployment", ".spec.absent", undefined, null],
    ["Deployment", ".spec.list", [1, { a: 2 }], '[1,{"a":2}]'],
    ["ConfigMap", ".data.long", "x".repeat(200), `"${"x".repeat(99)}…`],
  ])("%s %s", ([kind, path, value, text]) => {
    expect(shownValue(kind, path, value)).toBe(text);
  });
});

describe("a secret is not", () => {
  test.for<[string, string, JsonValue]>([
    ["Secret", ".data.color", "cmVk"],
    ["Secret", ".stringData.color", "red"],
    ["Secret", ".data", { color: "cmVk" }],
    ["ConfigMap", ".data.password", "hunter2"],
    ["Deployment", '.spec.template.spec.containers[name="web"].env[name="DB_PASSWORD"].value', "hunter2"],
    [
      "Deployment",
      ".spec.template.spec.containers",
      [{ name: "web", env: [{ name: "DB_PASSWORD", value: "hunter2" }] }],
    ],
    ["Deployment", ".spec.extra", { db: { password: "hunter2" } }],
  ])("%s %s", ([kind, path, value]) => {
    const text = shownValue(kind, path, value);
    expect(text).toContain("***");
    expect(text).not.toMatch(/hunter2|cmVk|red/);
  });
});

test("a Secret's type and labels are no secrets", () => {
  expect(shownValue("Secret", ".metadata.labels.app", "web")).toBe('"web"');
});
