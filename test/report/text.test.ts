import { describe, expect, it } from "vitest";
import { formatElapsed, formatRunning } from "../../src/report/elapsed.ts";
import { jsonText } from "../../src/report/json-text.ts";
import { plainLine, plainText } from "../../src/report/plain-text.ts";
import { tableLines } from "../../src/report/tables.ts";
import { cutToWidth, padToWidth, textWidth } from "../../src/report/text-width.ts";

const RED = "\u001b[31mred\u001b[39m";

describe("plain text", () => {
  it.each([
    ["colours", `a ${RED} b`, "a red b"],
    ["cursor moves and screen clearing", "a\u001b[2J\u001b[1;1Hb", "ab"],
    ["a window title", "\u001b]0;owned\u0007ok", "ok"],
    ["a link", "\u001b]8;;https://x.example\u0007text\u001b]8;;\u0007", "text"],
    ["one-byte control sequences", "a\u009b31mb\u0085c", "ab\nc"],
    ["bells, backspaces and NUL", "a\u0007\b\u0000b", "ab"],
    ["marks that turn the reading direction", "abc\u202Egpj.exe", "abcgpj.exe"],
    ["carriage returns that would overwrite", "good\rbad\r\nend", "good\nbad\nend"],
    ["a lone escape", "a\u001b", "a"],
  ])("removes %s", (_, text, expected) => {
    expect(plainText(text)).toBe(expected);
  });

  it("leaves letters of every language and emoji alone", () => {
    expect(plainText("Grüße, 世界 ✔ 👩‍🚀")).toBe("Grüße, 世界 ✔ 👩‍🚀");
  });

  it("puts several lines on one", () => {
    expect(plainLine("  a\n\n  b\tc ")).toBe("a b c");
  });
});

describe("width", () => {
  it("counts neither colours nor joined marks, and wide letters twice", () => {
    expect([textWidth(RED), textWidth("世界"), textWidth("e\u0301")]).toEqual([3, 4, 1]);
  });

  it.each([
    ["abcdef", 6, "abcdef"],
    ["abcdef", 5, "abcd…"],
    ["abcdef", 1, "…"],
    ["世界世界", 6, "世界…"],
    [`${RED} and more`, 5, `${RED} …`],
    [`\u001b[31mabcdef\u001b[39m`, 4, `\u001b[31mabc…\u001b[39m`],
  ])("cuts %j to %i columns", (line, width, expected) => {
    expect(cutToWidth(line, width)).toBe(expected);
    expect(textWidth(cutToWidth(line, width))).toBeLessThanOrEqual(width);
  });

  it("pads by what is seen", () => {
    expect(padToWidth(RED, 5)).toBe(`${RED}  `);
  });
});

describe("elapsed", () => {
  it.each([
    [0, "0.0s", "0s"],
    [840, "0.8s", "0s"],
    [9_960, "10s", "9s"],
    [59_400, "59s", "59s"],
    [125_000, "2m05s", "2m05s"],
    [3_720_000, "1h02m", "1h02m"],
  ])("writes %i ms", (ms, over, running) => {
    expect([formatElapsed(ms), formatRunning(ms)]).toEqual([over, running]);
  });
});

describe("tables", () => {
  it("aligns columns by what is seen and leaves no spaces at line ends", () => {
    const rows = [
      [RED, "1", "x"],
      ["longer", "22", ""],
    ];
    expect(tableLines(rows, { headers: ["NAME", "N", "LAST"] })).toEqual([
      "  NAME    N   LAST",
      `  ${RED}     1   x`,
      "  longer  22",
    ]);
  });

  it("leaves out columns that are empty everywhere", () => {
    expect(tableLines([["a", "", "b"]], { headers: ["A", "GONE", "B"], indent: 0 })).toEqual(["A  B", "a  b"]);
  });

  it("has no lines without rows", () => {
    expect(tableLines([], { headers: ["A"] })).toEqual([]);
  });
});

describe("JSON text", () => {
  it("escapes every control character and stays the same value", () => {
    const document = { text: "\u001b[31m \u009b \u007f \u202e ✔" };
    expect(jsonText(document, 0)).toBe('{"text":"\\u001b[31m \\u009b \\u007f \\u202e ✔"}');
    expect(JSON.parse(jsonText(document, 2))).toEqual(document);
  });
});
