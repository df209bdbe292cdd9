/** Secrets of fewer characters are not looked for: half of every text would be masked. */
const SHORTEST = 4;

/** Lines of a longer secret count from this length on: `}` or `---` alone tell nothing. */
const SHORTEST_LINE = 8;

/** Characters of base64 that must be left when those that mix with the neighbours are cut off. */
const SHORTEST_BASE64 = 6;

/**
 * The texts under which a secret may show: as it is, inside JSON (once and twice encoded, also as Go writes it) and other
 * quotes; each of these in a URL, and inside base64 of itself or of a text around it. Of a secret of several lines, each line as well. A secret of
 * fewer than four characters has none.
 */
export function secretForms(secret: string): ReadonlySet<string> {
  const whole = secret.trim();
  const lines = whole.split(/\r\n|\r|\n/);
  const parts =
    lines.length === 1 ? [] : lines.map((line) => line.trim()).filter(({ length }) => length >= SHORTEST_LINE);
  return new Set([whole, ...parts].filter(({ length }) => length >= SHORTEST).flatMap(formsOf));
}

function formsOf(text: string): readonly string[] {
  const written = new Set([text, ...escaped(text)]);
  return [...written].flatMap((form) => [form, ...urlForms(form), ...base64Forms(form)]);
}

/** As a text stands within another one that has quotes around it. */
function escaped(text: string): readonly string[] {
  const inJson = insideJson(text);
  const goJson = inJson.replace(/[<>&\u2028\u2029]/g, goEscape);
  return [
    ...[inJson, goJson].flatMap((json) => [json, insideJson(json)]),
    text.replaceAll("'", "''"), // YAML's single quotes
    inJson.replaceAll('\\"', '"').replaceAll("'", "\\'"), // what Helm says of values that break a schema
  ];
}

function insideJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Go's encoder keeps JSON safe to be put into HTML (encoding/json, HTMLEscape). */
function goEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** As `encodeURIComponent`, a form and stricter encoders write it; the hex digits in either case. */
function urlForms(text: string): readonly string[] {
  // Halves of surrogate pairs are no text that could be encoded.
  const encoded = encodeURIComponent(Buffer.from(text, "utf8").toString("utf8"));
  const strict = encoded.replace(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = new URLSearchParams({ "": text }).toString().slice(1);
  const all = [encoded, strict, form];
  return [...all, ...all.map((each) => each.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))];
}

/**
 * What is sure to stand in the base64 of any text that holds the secret, wherever in it: three bytes make four
 * characters, so there are three ways to fall into step.
 */
function base64Forms(text: string): readonly string[] {
  const bytes = Buffer.from(text, "utf8");
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    const from = Math.ceil((before * 8) / 6);
    const core = encoded.slice(from, Math.floor(((before + bytes.length) * 8) / 6));
    return core.length < SHORTEST_BASE64 ? [] : [core, core.replaceAll("+", "-").replaceAll("/", "_")];
  });
}
