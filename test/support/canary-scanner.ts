import { brotliDecompressSync, constants, gunzipSync, inflateSync } from "node:zlib";

/** Something that is searched, and what it is called in a report. */
export interface SearchedPlace {
  readonly where: string;
  readonly bytes: Buffer | string;
}

/** A canary that was found. */
export interface Leak {
  readonly where: string;
  readonly canary: string;
  /** What had to be unwrapped to see it, from the outside in. */
  readonly through: readonly string[];
}

/** Encodings within each other, at most: Helm's record alone is base64 in base64 in gzip in JSON. */
const DEPTH = 6;

/** Shorter runs of base64 hold no canary. In characters. */
const BASE64_RUN = /[A-Za-z0-9+/_-]{16,}/g;

type Unwrapped = readonly (readonly [name: string, inner: Buffer])[];

/** Every canary in these places, in whatever of base64, gzip, JSON and URLs it is wrapped, also several times. */
export function findLeaks(places: readonly SearchedPlace[], canaries: readonly string[]): readonly Leak[] {
  return places.flatMap(({ where, bytes }) => {
    const found = new Map<string, readonly string[]>();
    search(Buffer.from(bytes as string), [], canaries, found, new Set());
    return [...found].map(([canary, through]) => ({ where, canary, through }));
  });
}

function search(
  bytes: Buffer,
  through: readonly string[],
  canaries: readonly string[],
  found: Map<string, readonly string[]>,
  seen: Set<string>,
): void {
  const key = bytes.toString("latin1");
  if (seen.has(key)) return;
  seen.add(key);
  for (const canary of canaries) if (!found.has(canary) && bytes.includes(canary)) found.set(canary, through);
  if (through.length >= DEPTH) return;
  for (const [name, inner] of [...fromCompressed(bytes), ...fromText(bytes)]) {
    search(inner, [...through, name], canaries, found, seen);
  }
}

/** What compressed streams hold that begin anywhere in the bytes; of one that is cut off, as much as there is. */
function fromCompressed(bytes: Buffer): Unwrapped {
  const unwrapped: [string, Buffer][] = [];
  for (let at = bytes.indexOf(GZIP); at >= 0; at = bytes.indexOf(GZIP, at + 1)) {
    unwrapped.push(["gzip", attempt(() => gunzipSync(bytes.subarray(at), { finishFlush: constants.Z_SYNC_FLUSH }))]);
  }
  if (bytes[0] === 0x78) unwrapped.push(["deflate", attempt(() => inflateSync(bytes))]);
  if (bytes.length < 4096) unwrapped.push(["brotli", attempt(() => brotliDecompressSync(bytes))]);
  return unwrapped.filter(([, inner]) => inner.length > 0);
}

const GZIP = Buffer.from([0x1f, 0x8b, 0x08]);

function fromText(bytes: Buffer): Unwrapped {
  const text = bytes.toString("utf8");
  const unwrapped: [string, string | Buffer][] = [];
  for (const [run] of text.matchAll(BASE64_RUN)) {
    // A run may have begun with other letters: three bytes make four characters.
    for (const skip of [0, 1, 2, 3]) unwrapped.push(["base64", Buffer.from(run.slice(skip), "base64url")]);
  }
  if (/\\["\\/nu]/.test(text)) unwrapped.push(["json", unescapeJson(text)]);
  if (/%[0-9a-f]{2}/i.test(text)) {
    unwrapped.push(["url", unescapeUrl(text)], ["form", unescapeUrl(text.replaceAll("+", " "))]);
  }
  // Base64 that is folded into lines.
  const unfolded = text.replace(/([A-Za-z0-9+/]{60,})\r?\n[ \t]*(?=[A-Za-z0-9+/=])/g, "$1");
  if (unfolded !== text) unwrapped.push(["folded", unfolded]);
  return unwrapped.map(([name, inner]) => [name, Buffer.from(inner as string)] as const);
}

function unescapeJson(text: string): string {
  return text.replace(/\\(?:u([0-9a-f]{4})|(.))/gi, (_escape, code: string | undefined, letter: string) =>
    code === undefined ? (LETTERS[letter] ?? letter) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

const LETTERS: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

function unescapeUrl(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (codes) => Buffer.from(codes.replaceAll("%", ""), "hex").toString());
}

function attempt(work: () => Buffer): Buffer {
  try {
    return work();
  } catch {
    return Buffer.alloc(0);
  }
}
