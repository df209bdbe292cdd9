import { describe, expect, test } from "vitest";

import { type IndexBytes, readIndexedChart } from "../../src/charts/index-entries.ts";

/** An index that comes in small pieces, cut anywhere. */
function inPieces(text: string, size = 7): IndexBytes {
  const bytes = Buffer.from(text);
  const pieces = function* (): Generator<Uint8Array> {
    for (let start = 0; start < bytes.byteLength; start += size) yield bytes.subarray(start, start + size);
  };
  return { chunks: pieces, text: () => Promise.resolve(text) };
}

const ENTRY =
  "    appVersion: 1.10\n    digest: abc\n    name: app\n    urls:\n    - app-1.0.0.tgz\n    version: 1.0.0\n";
const helmLayout = `apiVersion: v1\nentries:\n  aaa:\n  - version: 0.1.0\n    urls:\n    - a.tgz\n  app:\n  - apiVersion: v2\n${ENTRY}  zzz:\n  - version: 3.0.0\n    urls: [z.tgz]\ngenerated: "2026-01-01"\n`;
const expected = [{ version: "1.0.0", appVersion: "1.10", digest: "abc", url: "app-1.0.0.tgz" }];

const layouts: readonly (readonly [string, string])[] = [
  ["as helm writes it", helmLayout],
  ["with Windows line ends", helmLayout.replaceAll("\n", "\r\n")],
  ["with the chart as the last thing in the file", `entries:\n  app:\n  - apiVersion: v2\n${ENTRY}`.trimEnd()],
  [
    "with deeper lists",
    "entries:\n    aaa:\n        - version: 0.1.0\n    app:\n        - urls:\n            - app-1.0.0.tgz\n          version: 1.0.0\n          appVersion: 1.10\n          digest: abc\n",
  ],
  ["with quoted names", helmLayout.replace("  app:", '  "app":').replace("  aaa:", "  'aaa':")],
  ["with comments and blank lines", helmLayout.replace("  app:", "# app:\n\n  # app:\n  app: # the app\n\n")],
  [
    "with a text that reads like an index",
    helmLayout.replace(
      "  - version: 0.1.0",
      "  - description: |\n      entries:\n       app:\n        - version: 6.6.6\n    version: 0.1.0",
    ),
  ],
  [
    "with a folded text",
    helmLayout
      .replace("  - version: 0.1.0", "  - description: some long text\n      app:\n    version: 0.1.0")
      .replace("      app:\n", "      app\n"),
  ],
  ["with an empty chart before", helmLayout.replace("  app:", "  none: []\n  app:")],
  [
    "in flow style",
    `{apiVersion: v1, entries: {app: [{version: 1.0.0, appVersion: 1.10, digest: abc, urls: [app-1.0.0.tgz]}]}}`,
  ],
  [
    "with one chart in flow style",
    helmLayout.replace(
      / {2}app:\n[^]* {2}zzz/,
      '  app: [{version: 1.0.0, appVersion: "1.10", digest: abc, urls: [app-1.0.0.tgz]}]\n  zzz',
    ),
  ],
  [
    "with an anchor elsewhere",
    helmLayout.replace("    - a.tgz", "    - &u app-1.0.0.tgz").replace("    - app-1.0.0.tgz", "    - *u"),
  ],
  ["with a quoted `entries`", helmLayout.replace("entries:", '"entries":')],
  [
    "as JSON",
    JSON.stringify({
      apiVersion: "v1",
      entries: { aaa: [], app: [{ version: "1.0.0", appVersion: "1.10", digest: "abc", urls: ["app-1.0.0.tgz"] }] },
    }),
  ],
];

describe("the versions of a chart are found in an index", () => {
  test.each(layouts)("%s", async (_, text) => {
    expect(await readIndexedChart(inPieces(text), "app", "index.yaml")).toEqual({ entries: expected, otherCharts: [] });
  });
});

test.each([
  ["helm's layout", helmLayout],
  ["JSON", '{"entries": {"aaa": [], "app": [], "zzz": []}}'],
])("an index that does not list the chart tells which ones it lists: %s", async (_, text) => {
  expect(await readIndexedChart(inPieces(text), "ap", "x")).toEqual({
    entries: null,
    otherCharts: ["aaa", "app", "zzz"],
  });
});

test.each(["entries: {}\n", "apiVersion: v1\nentries:\n", "entries:\ngenerated: now\n"])(
  "an empty index lists nothing: %j",
  async (text) => {
    expect(await readIndexedChart(inPieces(text), "app", "x")).toEqual({ entries: null, otherCharts: [] });
  },
);

test("entries without a version or an address are left out", async () => {
  const text = "entries:\n  app:\n  - version: 2.0.0\n  - urls: [a.tgz]\n  - version: 1.0.0\n    urls: [a.tgz]\n";
  expect((await readIndexedChart(inPieces(text), "app", "x")).entries).toEqual([
    { version: "1.0.0", appVersion: null, digest: null, url: "a.tgz" },
  ]);
});

test.each(["<!DOCTYPE html><html>login</html>", "{broken", "just text", "a: [", ""])(
  "what is no index is said to be none: %j",
  async (text) => {
    await expect(
      readIndexedChart(inPieces(text), "app", "https://charts.example.test/index.yaml"),
    ).rejects.toMatchObject({
      code: "source-unreachable",
      message: expect.stringContaining(
        "https://charts.example.test/index.yaml is not the index of a Helm repository",
      ) as string,
    });
  },
);

test("one chart of a 30 MB index is found without the whole of it in memory", async () => {
  const filler =
    "    annotations:\n      images: |\n        - name: a\n          image: docker.io/x/a:1\n    description: A text\n";
  const block = (name: string): Buffer =>
    Buffer.from(
      `  ${name}:\n${Array.from({ length: 800 }, (_, minor) => `  - apiVersion: v2\n${filler}    urls:\n    - ${name}-1.${minor}.0.tgz\n    version: 1.${minor}.0\n`).join("")}`,
    );
  let sent = 0;
  const chunks = function* (): Generator<Uint8Array> {
    yield Buffer.from("apiVersion: v1\nentries:\n");
    for (let index = 0; index < 210; index += 1) {
      const bytes = block(`chart-${index}`);
      sent += bytes.byteLength;
      yield bytes;
    }
  };
  const index = { chunks, text: () => Promise.reject(new Error("the whole of it was asked for")) };
  expect((await readIndexedChart(index, "chart-3", "x")).entries).toHaveLength(800);
  expect(sent).toBeLessThan(2e6);
  expect((await readIndexedChart(index, "chart-209", "x")).entries).toHaveLength(800);
  expect(sent).toBeGreaterThan(30e6);
});
