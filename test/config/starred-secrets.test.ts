import { expect, test } from "vitest";
import { starredSecrets } from "../../src/config/starred-secrets.ts";

test.each([
  ["password: hunter2", "password: *******"],
  ["  - adminPassword: a, b # c", "  - adminPassword: ********"],
  ["db: { user: me, \"db-password\": 'it''s', size: 2 }", 'db: { user: me, "db-password": *******, size: 2 }'],
  ["x: [{ token: abc}, { token: def }]", "x: [{ token: ***}, { token: *** }]"],
  ['password: "no end', "password: *******"],
  ["password: *alias", "password: ******"],
  ['password: "${secret:env:PASSWORD}"', 'password: "${secret:env:PASSWORD}"'],
  ["password: ${env:A}${env:B}", "password: ${env:A}${env:B}"],
  ["existingSecret: shop-login", "existingSecret: shop-login"],
  ["url: http://me:pass@host/", "url: http://*******@host/"],
  ["replicas: 2", "replicas: 2"],
])("%s", (line, shown) => {
  expect(starredSecrets([line], 0)).toBe(shown);
});

test("lines below a secret's key are starred, also within a block; those after it are not", () => {
  const lines = ["tls:", "  privateKey: |", "    BEGIN", "", "      indented", "  host: a", "tokens:", "  - abc"];
  expect(lines.map((_, index) => starredSecrets(lines, index))).toEqual([
    "tls:",
    "  privateKey: |",
    "    *****",
    "",
    "      ********",
    "  host: a",
    "tokens:",
    "  * ***",
  ]);
});

test("a line of a megabyte takes no longer than it must", () => {
  const line = "a".repeat(500_000) + ", password: x ".repeat(40_000);
  expect(starredSecrets([line], 0)).toHaveLength(line.length);
});
