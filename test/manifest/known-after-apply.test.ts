import { expect, test } from "vitest";
import { differingDocuments } from "../../src/manifest/manifest-documents.ts";
import { KNOWN_AFTER_APPLY, knownAfterApply } from "../../src/manifest/known-after-apply.ts";

test("what differs between two renders is not known, the rest is", () => {
  const secret = (password: string, extra: object = {}): never =>
    ({ kind: "Secret", data: { password, user: "u", ...extra }, list: [1, 2] }) as never;
  expect(knownAfterApply(secret("a"), secret("b"))).toEqual(secret(KNOWN_AFTER_APPLY));
  expect(knownAfterApply(secret("a", { more: "1" }), secret("a"))).toEqual(secret("a", { more: KNOWN_AFTER_APPLY }));
  expect(knownAfterApply({ list: [1] }, { list: [1, 2] })).toEqual({ list: KNOWN_AFTER_APPLY });
});

test("elements with a name are compared with their namesakes", () => {
  const env = (...values: readonly string[]): never =>
    ({ env: values.map((value, i) => ({ name: `${i}`, value })) }) as never;
  expect(knownAfterApply(env("a", "b"), env("a", "c"))).toEqual(env("a", KNOWN_AFTER_APPLY));
});

test("documents of the same text need not be parsed, whatever comments stand above them", () => {
  const [left, right] = differingDocuments(
    "---\n# Source: a/templates/x.yaml\na: 1\n---\n# Source: b\nb: 2\n",
    "# Source: elsewhere\n\nb: 2\n---\nc: |\n  --- not a document\n",
  );
  expect(left).toBe("---\na: 1\n");
  expect(right).toBe("---\nc: |\n  --- not a document\n");
});
