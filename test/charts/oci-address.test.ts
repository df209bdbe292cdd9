import { describe, expect, test } from "vitest";

import { parseOciUrl, tagOfVersion, versionOfTag } from "../../src/charts/oci-address.ts";
import { parseChallenge } from "../../src/charts/registry-login.ts";

describe("the registry behind an address", () => {
  test.each([
    ["oci://ghcr.io/org/charts/app", "https://ghcr.io", "org/charts/app"],
    ["oci://docker.io/org/app/", "https://registry-1.docker.io", "org/app"],
    ["oci://registry.example.test:5000/a/b-c.d_e", "https://registry.example.test:5000", "a/b-c.d_e"],
    ["oci://localhost:5000/app", "http://localhost:5000", "app"],
    ["oci://127.0.0.1:5000/app", "http://127.0.0.1:5000", "app"],
    ["oci://[::1]:5000/app", "http://[::1]:5000", "app"],
    ["oci://localhost.example.test/app", "https://localhost.example.test", "app"],
    ["oci://127.0.0.1.example.test/app", "https://127.0.0.1.example.test", "app"],
  ])("%s", (url, origin, path) => {
    expect(parseOciUrl(url, null)).toMatchObject({ origin, path });
  });
});

test("a plus in a version is an underscore in its tag", () => {
  expect(tagOfVersion("1.0.0-rc.1+build.5")).toBe("1.0.0-rc.1_build.5");
  expect(versionOfTag("1.0.0-rc.1_build.5")).toBe("1.0.0-rc.1+build.5");
});

describe("challenges", () => {
  test.each([
    [
      'Bearer realm="https://a.test/t",service="a.test",scope="repository:x:pull,push"',
      "bearer",
      { realm: "https://a.test/t", service: "a.test", scope: "repository:x:pull,push" },
    ],
    ["bearer realm=https://a.test/t, service=a.test", "bearer", { realm: "https://a.test/t", service: "a.test" }],
    ['Basic realm="Registry"', "basic", { realm: "Registry" }],
    ["Basic", "basic", {}],
  ] as const)("%s", (header, scheme, parameters) => {
    expect(parseChallenge(header)).toEqual({ scheme, parameters });
  });

  test.each(["", "Negotiate", "Digest realm=x"])("%j is none that we can answer", (header) => {
    expect(parseChallenge(header)).toBeNull();
  });
});
