import { expect, test } from "vitest";
import { parseLock } from "../../src/lock/parse-lock.ts";
import { findOut } from "../../src/operations/find-out.ts";

test("a broken lock is found out with each of its problems, on one line", async () => {
  const reading = Promise.resolve("version: 1\nstack: demo\nreleases: [app]\nimage: {}\n").then((text) =>
    parseLock(text, "shop.lock"),
  );
  expect(await findOut(reading)).toMatchObject({
    problem: {
      code: "config-invalid",
      message: expect.stringMatching(/^The lock file shop\.lock cannot be used: shop\.lock:4: "image" is not a key/),
      hint: expect.any(String),
    },
  });
});
