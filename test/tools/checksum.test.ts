import { describe, expect, it } from "vitest";
import { publishedDigest } from "../../src/tools/checksum.ts";

const A = "a".repeat(64);
const B = "b".repeat(64);

describe("a published SHA-256", () => {
  it.each<[string, "text" | "github-release", string, string | null]>([
    ["alone", "text", `${A}\n`, A],
    ["alone, in capitals", "text", A.toUpperCase(), A],
    ["beside the name", "text", `${A}  tool.tar.gz`, A],
    ["beside the name, as a binary file", "text", `${A} *tool.tar.gz\r\n`, A],
    ["beside the name in a folder", "text", `${A}  ./tool.tar.gz`, A],
    ["in a list", "text", `${B}  other\n${A}  tool.tar.gz\n`, A],
    ["of another file", "text", `${B}  other.tar.gz`, null],
    ["of a file whose name only begins alike", "text", `${B}  tool.tar.gz.asc`, null],
    ["too short", "text", "abc123  tool.tar.gz", null],
    ["nowhere", "text", "", null],
    ["in a list without names", "text", `${A}\n${B}\n`, null],
    ["at GitHub", "github-release", JSON.stringify({ assets: [{ name: "tool.tar.gz", digest: `sha256:${A}` }] }), A],
    [
      "at GitHub, not computed",
      "github-release",
      JSON.stringify({ assets: [{ name: "tool.tar.gz", digest: null }] }),
      null,
    ],
    [
      "at GitHub, of other files",
      "github-release",
      JSON.stringify({ assets: [{ name: "x", digest: `sha256:${A}` }] }),
      null,
    ],
    [
      "in another algorithm",
      "github-release",
      JSON.stringify({ assets: [{ name: "tool.tar.gz", digest: `sha512:${A}` }] }),
      null,
    ],
    ["in GitHub's refusal", "github-release", JSON.stringify({ message: "API rate limit exceeded" }), null],
    ["in what is no JSON", "github-release", "<html>", null],
  ])("%s", (_, form, published, digest) => {
    expect(publishedDigest(published, form, "tool.tar.gz")).toBe(digest);
  });
});
