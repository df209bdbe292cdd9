import { describe, expect, test } from "vitest";
import { proxyFor } from "../../src/kube/proxy.ts";

const PROXY = "http://proxy.corp:3128";

describe("the proxy for an API server", () => {
  test.each([
    ["no variable", "https://api.example:6443", {}, null],
    ["HTTPS_PROXY for https", "https://api.example", { HTTPS_PROXY: PROXY }, PROXY],
    ["lower case", "https://api.example", { https_proxy: PROXY }, PROXY],
    ["an empty one leaves it to the other", "https://api.example", { HTTPS_PROXY: "", https_proxy: PROXY }, PROXY],
    ["HTTP_PROXY does not count for https", "https://api.example", { HTTP_PROXY: PROXY }, null],
    ["HTTP_PROXY for http", "http://api.example", { HTTP_PROXY: PROXY }, PROXY],
    ["a proxy without scheme", "https://api.example", { HTTPS_PROXY: "proxy.corp:3128" }, PROXY],
    ["loopback", "https://127.0.0.1:6443", { HTTPS_PROXY: PROXY }, null],
    ["localhost", "https://localhost:6443", { HTTPS_PROXY: PROXY }, null],
    ["IPv6 loopback", "https://[::1]:6443", { HTTPS_PROXY: PROXY }, null],
  ])("%s", (_name, server, environment, expected) => {
    expect(proxyFor(new URL(server), environment)).toBe(expected);
  });

  test.each([
    ["*", "https://api.example", true],
    ["example", "https://api.example", true],
    [".example", "https://api.example", true],
    ["*.example", "https://api.example", true],
    [".api.example", "https://api.example", false],
    ["ample", "https://api.example", false],
    ["other.example, API.example ", "https://api.example", true],
    ["api.example:443", "https://api.example", true],
    ["api.example:443", "https://api.example:6443", false],
    ["10.0.0.0/8", "https://10.1.2.3:6443", true],
    ["10.0.0.0/8", "https://11.1.2.3:6443", false],
    ["10.0.0.0/99", "https://10.1.2.3:6443", false],
    ["10.1.2.3", "https://10.1.2.3:6443", true],
    ["fd00::/8", "https://[fd00::1]:6443", true],
    ["", "https://api.example", false],
  ])("NO_PROXY=%s for %s: direct %s", (exceptions, server, direct) => {
    const environment = { HTTPS_PROXY: PROXY, NO_PROXY: exceptions };
    expect(proxyFor(new URL(server), environment)).toBe(direct ? null : PROXY);
  });
});
