import { describe, expect, it } from "vitest";
import { graphText, type GraphStack } from "../../src/report/graph.ts";

const STACK: GraphStack = {
  name: "korthweb",
  releases: [
    { name: "base", needs: [] },
    { name: "dicom", needs: ["ingress", "egress"] },
    { name: "istiod", needs: ["base"] },
    { name: "ingress", needs: ["istiod"] },
    { name: "egress", needs: ["istiod"] },
  ],
};

const HOSTILE: GraphStack = {
  name: 'a"b',
  releases: [
    { name: 'x"]; evil', needs: [] },
    { name: "back\\slash\u001b[31m\n<b>#1</b>", needs: ['x"]; evil', "nowhere"] },
  ],
};

describe("graph", () => {
  it("draws levels as text", () => {
    expect(graphText(STACK, "text", { color: false })).toBe(`\
korthweb
  1  base
  2  istiod   ← base
  3  ingress  ← istiod
     egress   ← istiod
  4  dicom    ← ingress, egress
`);
  });

  it("draws a Mermaid flowchart", () => {
    expect(graphText(STACK, "mermaid", { color: true })).toBe(`\
flowchart TD
  r0["base"]
  r1["dicom"]
  r2["istiod"]
  r3["ingress"]
  r4["egress"]
  r3 --> r1
  r4 --> r1
  r0 --> r2
  r2 --> r3
  r2 --> r4
`);
  });

  it("draws a dot digraph", () => {
    expect(graphText(STACK, "dot", { color: true })).toBe(`\
digraph "korthweb" {
  node [shape=box];
  "base";
  "dicom";
  "istiod";
  "ingress";
  "egress";
  "ingress" -> "dicom";
  "egress" -> "dicom";
  "base" -> "istiod";
  "istiod" -> "ingress";
  "istiod" -> "egress";
}
`);
  });

  it("escapes names and leaves needs aside that are not drawn", () => {
    expect(graphText(HOSTILE, "mermaid", { color: false })).toBe(`\
flowchart TD
  r0["x#34;]; evil"]
  r1["back#92;slash #60;b#62;#35;1#60;/b#62;"]
  r0 --> r1
`);
    expect(graphText(HOSTILE, "dot", { color: false })).toBe(`\
digraph "a\\"b" {
  node [shape=box];
  "x\\"]; evil";
  "back\\\\slash <b>#1</b>";
  "x\\"]; evil" -> "back\\\\slash <b>#1</b>";
}
`);
  });

  it("ends even when releases need each other", () => {
    const circle = [
      { name: "a", needs: ["b"] },
      { name: "b", needs: ["a"] },
    ];
    expect(graphText({ name: "s", releases: circle }, "text", { color: false })).toContain("← a");
    expect(graphText({ name: "s", releases: [] }, "text", { color: false })).toBe("s\n");
  });
});
