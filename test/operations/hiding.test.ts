import { expect, test } from "vitest";
import { hidingWith, rememberOldSecrets } from "../../src/operations/hiding.ts";
import { secrets } from "../../src/runtime/redact.ts";

test("values that were secrets in the revision before are hidden as those of today are", () => {
  secrets.add("todays-database-login");
  rememberOldSecrets(
    {
      db: { login: "yesterdays-login", host: "db.example" },
      apiKey: "looks-like-one-itself",
      list: ["kept-in-the-open"],
    },
    { db: { login: "todays-database-login", host: "db.example" }, list: ["another-open-word"] },
  );
  const { isSecret } = hidingWith("00");
  for (const text of ["x yesterdays-login x", "looks-like-one-itself", "todays-database-login"]) {
    expect(isSecret(text)).toBe(true);
  }
  for (const text of ["db.example", "kept-in-the-open"]) expect(isSecret(text)).toBe(false);
});

test("digests tell values apart, and stacks", () => {
  const [one, other] = [hidingWith("00"), hidingWith("01")];
  expect(one.digest("a")).toMatch(/^[0-9a-f]{12}$/);
  expect(one.digest("a")).toBe(hidingWith("00").digest("a"));
  expect(new Set([one.digest("a"), one.digest("b"), other.digest("a")]).size).toBe(3);
});
