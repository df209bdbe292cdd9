import { expect, test } from "vitest";
import { likelySecrets } from "../../src/config/likely-secrets.ts";
import { sampleRelease, sampleStack } from "../support/sample-stack.ts";

test("values under keys that look secret, passwords in URLs and sources' credentials are secrets, names are none", () => {
  const access = {
    name: "corp",
    caFile: null,
    credentials: { username: "robot", password: "source" },
  };
  const values = {
    auth: { adminPassword: "long-enough", password: "short", token: 1234567890, existingSecret: "some-login-name" },
    tokens: ["token-one", "token-two"],
    secretKeys: { adminPasswordKey: "admin-password" },
    api: { apiKey: "admin-password" },
    dsn: "plain-dsn",
    url: "postgres://me:url-phrase@db/shop",
    secret: "shop-database",
    host: "shop.example.com",
  };
  const releases = [sampleRelease({ name: "shop-database", chart: { type: "oci", url: "oci://x/y", access }, values })];
  expect(new Set(likelySecrets(sampleStack("/stack/flotilla.yaml", releases)))).toEqual(
    new Set(["long-enough", "1234567890", "token-one", "token-two", "plain-dsn", "url-phrase", "source"]),
  );
});
