import { deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { findLeaks } from "../support/canary-scanner.ts";

const CANARY = 'canary "one" <&> ü';
const base64 = (bytes: Buffer | string): string => Buffer.from(bytes).toString("base64");

describe("the search for canaries finds one planted leak", () => {
  test.each<readonly [string, Buffer | string, readonly string[]]>([
    ["in plain text", `before ${CANARY} after`, []],
    ["in bytes that are no text", Buffer.concat([Buffer.from([0, 255, 254]), Buffer.from(CANARY)]), []],
    ["in JSON", JSON.stringify({ a: CANARY }), ["json"]],
    ["in JSON within a line of JSON", JSON.stringify({ a: JSON.stringify({ b: CANARY }) }), ["json", "json"]],
    ["in JSON as Go writes it", '"canary \\"one\\" \\u003c\\u0026\\u003e ü"', ["json"]],
    ["in a URL", `GET /?a=${encodeURIComponent(CANARY)} HTTP/1.1`, ["url"]],
    ["in a form", new URLSearchParams({ a: CANARY }).toString(), ["form"]],
    ["in base64", `data: ${base64(CANARY)}`, ["base64"]],
    ["in base64 of a text around it", `Basic ${base64(`me:${CANARY}`)}`, ["base64"]],
    ["in base64 that other letters stand before", `xy${base64(CANARY)}`, ["base64"]],
    ["in base64 for URLs", Buffer.from(CANARY).toString("base64url"), ["base64"]],
    ["in gzip", gzipSync(CANARY), ["gzip"]],
    ["in gzip with other bytes before", Buffer.concat([Buffer.from("head"), gzipSync(CANARY)]), ["gzip"]],
    ["in deflate", deflateSync(CANARY), ["deflate"]],
    [
      "in a Secret of Helm's",
      JSON.stringify({ data: { release: base64(base64(gzipSync(JSON.stringify({ config: { password: CANARY } })))) } }),
      ["base64", "base64", "gzip", "json"],
    ],
    [
      "in base64 that is folded",
      `a:\n${base64(`${"x".repeat(40)}${CANARY}`).replace(/.{64}/g, "$&\n  ")}`,
      ["folded", "base64"],
    ],
  ])("%s", (where, bytes, through) => {
    expect(findLeaks([{ where, bytes }], [CANARY, "another canary"])).toEqual([{ where, canary: CANARY, through }]);
  });
});

test("it finds none where there is none", () => {
  const bytes = gzipSync(JSON.stringify({ a: base64("no bird in here, far and wide") }));
  expect(findLeaks([{ where: "file", bytes }], [CANARY])).toEqual([]);
});
