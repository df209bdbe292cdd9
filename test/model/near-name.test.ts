import { expect, test } from "vitest";
import { nearName } from "../../src/model/near-name.ts";

const KEYS = ["name", "namespace", "needs", "values", "version", "chart"];

test.each([
  ["nmae", "name"],
  ["needz", "needs"],
  ["Values", "values"],
  ["verison", "version"],
  ["namespaces", "namespace"],
  ["chrt", "chart"],
  ["name", null],
  ["x", null],
  ["colour", null],
  ["", null],
])("%s is near %s", (word, near) => {
  expect(nearName(word, KEYS)).toBe(near);
});

test("of several near names the nearest is taken, the first one when they are equally near", () => {
  expect(nearName("gateway", ["gate", "gateways", "gateway2"])).toBe("gateways");
});
