import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FlotillaError } from "../../src/model/errors.ts";
import { MASK, Redactor } from "../../src/runtime/redact.ts";

const SECRET = `p"a<ss'wörd\\/+ 1&2`;

function knowing(...all: readonly string[]): Redactor {
  const redactor = new Redactor();
  for (const secret of all) redactor.add(secret);
  return redactor;
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("a secret is masked", () => {
  const goJson = JSON.stringify(SECRET).replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
  test.each([
    ["as it is", SECRET],
    ["in JSON", JSON.stringify({ a: SECRET })],
    ["in JSON within JSON", JSON.stringify(JSON.stringify({ a: SECRET }))],
    ["in JSON as Go writes it", goJson],
    ["in a YAML text in single quotes", `'${SECRET.replaceAll("'", "''")}'`],
    [
      "as Helm quotes it when a schema is broken",
      `'${JSON.stringify(SECRET).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`,
    ],
    ["in base64 of JSON", base64(JSON.stringify({ a: SECRET }))],
    ["in a URL", `https://me:${encodeURIComponent(SECRET)}@host/`],
    ["in a form", new URLSearchParams({ password: SECRET }).toString()],
    ["in a URL with small hex digits", encodeURIComponent(SECRET).replace(/%../g, (code) => code.toLowerCase())],
    ["in base64 of a text around it", base64(`{"user":"me","password":"${SECRET}"}`)],
    ["in base64 for URLs", Buffer.from(`x${SECRET}y`).toString("base64url")],
  ])("%s", (_form, text) => {
    const shown = knowing(SECRET).text(`before ${text} after`);
    expect(shown).toContain(MASK);
    expect(shown.startsWith("before ")).toBe(true);
    expect(shown.endsWith(" after")).toBe(true);
    expect(shown).not.toMatch(/ss'w|wörd|w%C3|w%c3/);
  });

  test("wherever it stands in a text, in base64 of the whole", () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string({ minLength: 8, unit: "grapheme-ascii" }),
        fc.string(),
        (before, secret, after) => {
          fc.pre(secret.trim() === secret);
          const shown = knowing(secret).text(base64(before + secret + after));
          // What is left of it are the bits that it shares with its neighbours.
          expect(Buffer.from(shown.replaceAll(MASK, ""), "base64").toString()).not.toContain(secret);
          expect(shown).toContain(MASK);
        },
      ),
    );
  });

  test("line by line when it has several", () => {
    const key = "-----BEGIN KEY-----\nMIIabcdefgh\r\nshort\nMIIjklmnopq\n-----END KEY-----\n";
    const redactor = knowing(key);
    expect(redactor.text(`x: ${key}`)).toBe("x: ***\n");
    expect(redactor.text("line MIIjklmnopq!")).toBe("line ***!");
    expect(redactor.text(base64("MIIjklmnopq"))).toMatch(/^\*\*\*.?.?=?$/);
    expect(redactor.text("short")).toBe("short");
  });

  test("with one mask, whatever its length, also where secrets overlap", () => {
    const redactor = knowing("abcdef", "defghi", "xyz-a-long-one");
    expect(redactor.text("1 abcdefghi 2 xyz-a-long-one 3 defghiabcdef")).toBe("1 *** 2 *** 3 ***");
  });

  test("without the space around it, but not when it is too short to be told from other text", () => {
    expect(knowing("  padded\n").text("it is padded.")).toBe("it is ***.");
    expect(knowing("abc", "", " ").text("abc abc")).toBe("abc abc");
  });
});

describe("values", () => {
  test("are masked at every depth, keys too; what programs read and what has no secret stays the same", () => {
    const redactor = knowing("notice", "hunter22");
    const clean = { a: [1, null, true] };
    expect(redactor.value({ type: "notice", message: "notice hunter22", list: [{ hunter22: "x" }], clean })).toEqual({
      type: "notice",
      message: "*** ***",
      list: [{ "***": "x" }],
      clean,
    });
    expect(redactor.value(clean)).toBe(clean);
    const date = new Date(0);
    expect(redactor.value({ date, secret: "hunter22" }).date).toBe(date);
  });

  test("that are errors are masked themselves: message, stack, hint, causes, what they carry", () => {
    const cause = new AggregateError([new Error("inner hunter22")], "many hunter22", { cause: "hunter22" });
    const error = Object.assign(new FlotillaError("helm-failed", "It is hunter22.", { hint: "not hunter22", cause }), {
      diagnosis: { message: "hunter22", evidence: ["a", "b hunter22"] },
    });
    cause.cause = error;
    const shown = knowing("hunter22").error(error);
    expect(shown).toBe(error);
    expect(shown).toBeInstanceOf(FlotillaError);
    expect(shown).toMatchObject({ message: "It is ***.", hint: "not ***", diagnosis: { evidence: ["a", "b ***"] } });
    expect(shown.stack).toContain("It is ***.");
    expect(cause.message).toBe("many ***");
    expect(cause.errors[0]).toMatchObject({ message: "inner ***" });
  });

  test("in JSON text stay JSON: numbers and words are left, texts are masked", () => {
    const document = { ready: true, port: 11112, text: "is true of 11112", quote: 'a"true', "key 11112": null };
    const shown = knowing("true", "11112", '": "').jsonText(JSON.stringify(document, null, 2));
    expect(JSON.parse(shown)).toEqual({
      ready: true,
      port: 11112,
      text: "is *** of ***",
      quote: 'a"***',
      "key ***": null,
    });
  });
});

test("nothing is as much as looked at while there are no secrets", () => {
  const value = { a: "b" };
  const error = new Error("a");
  expect(new Redactor().value(value)).toBe(value);
  expect(new Redactor().error(error)).toBe(error);
  expect(new Redactor().text("a")).toBe("a");
});
