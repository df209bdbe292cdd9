import { assert, constant, option, property, record, string, stringMatching, uniqueArray } from "fast-check";
import { describe, expect, test } from "vitest";

import { formatLock } from "../../src/lock/format-lock.ts";
import type { Lock } from "../../src/lock/lock.ts";
import { parseLock } from "../../src/lock/parse-lock.ts";
import { ConfigError, type ConfigProblem } from "../../src/model/errors.ts";
import type { LockEntry } from "../../src/model/lock.ts";

const NOTHING: Lock = { stack: "", entries: [], folders: [], images: {} };
const digest = `sha256:${"ab".repeat(32)}`;
const istiod: LockEntry = {
  release: "istiod",
  range: "~1.31.0",
  pin: { name: "istiod", version: "1.31.2", appVersion: "1.31", source: "https://charts.example.test/istio", digest },
};
const app: LockEntry = {
  release: "app",
  range: null,
  pin: { name: "dicom", version: "1.0.0", appVersion: null, source: "charts/dicom.tgz", digest },
};

const text = `# Written by flotilla: the exact charts of the stack. Commit this file, and do not edit it:
# change the versions in the stack file and run \`flotilla lock\`.
version: 1
stack: demo
releases:
  app:
    chart: dicom
    version: 1.0.0
    source: charts/dicom.tgz
    digest: ${digest}
  istiod:
    chart: istiod
    version: 1.31.2
    appVersion: "1.31"
    source: https://charts.example.test/istio
    digest: ${digest}
    range: ~1.31.0
`;

test("a lock is written sorted, short and made for review", () => {
  expect(formatLock({ ...NOTHING, stack: "demo", entries: [istiod, app] })).toBe(text);
  expect(formatLock({ ...NOTHING, stack: "demo", entries: [app, istiod] })).toBe(text);
});

test("a lock that was written is read as what it was", () => {
  expect(parseLock(text, "flotilla.lock")).toEqual({ ...NOTHING, stack: "demo", entries: [app, istiod] });
});

const whole: Lock = {
  stack: "demo",
  entries: [app],
  folders: [
    {
      release: "web",
      dependencies: [
        { name: "redis", version: "19.0.1", source: "oci://charts.example.test/redis", digest, range: null },
        { name: "db", version: "15.2.0", source: "https://charts.example.test", digest, range: "15.x" },
      ],
    },
  ],
  images: { prod: ["docker.io/b:1", "docker.io/a:1"], dev: ["docker.io/a:1", "docker.io/a:1"] },
};

test("dependencies of folders and images of environments stand where a review looks for them", () => {
  const written = formatLock(whole);
  expect(written.split("releases:\n")[1]).toBe(`  app:
    chart: dicom
    version: 1.0.0
    source: charts/dicom.tgz
    digest: ${digest}
  web:
    dependencies:
      db:
        version: 15.2.0
        source: https://charts.example.test
        digest: ${digest}
        range: 15.x
      redis:
        version: 19.0.1
        source: oci://charts.example.test/redis
        digest: ${digest}
images:
  dev:
    - docker.io/a:1
  prod:
    - docker.io/a:1
    - docker.io/b:1
`);
  expect(formatLock(parseLock(written, "x"))).toBe(written);
});

test("any lock comes back from its text", () => {
  const word = string({ minLength: 1, maxLength: 40, unit: "grapheme" });
  const entry = record({
    release: stringMatching(/^[a-z0-9]([-a-z0-9]{0,10}[a-z0-9])?$/),
    range: option(word),
    pin: record({
      name: word,
      version: word,
      appVersion: option(word),
      source: word,
      digest: constant(digest),
    }),
  });
  assert(
    property(word, uniqueArray(entry, { selector: ({ release }) => release }), (stack, entries) => {
      const parsed = parseLock(formatLock({ ...NOTHING, stack, entries }), "flotilla.lock");
      expect(parsed.stack).toBe(stack);
      expect(new Map(parsed.entries.map((item) => [item.release, item]))).toEqual(
        new Map(entries.map((item) => [item.release, item])),
      );
      expect(formatLock(parsed)).toBe(formatLock({ ...NOTHING, stack, entries }));
    }),
  );
});

test("an empty lock and Windows line ends are read", () => {
  expect(parseLock(formatLock({ ...NOTHING, stack: "demo" }), "x").entries).toEqual([]);
  expect(parseLock(text.replaceAll("\n", "\r\n"), "x")).toEqual(parseLock(text, "x"));
});

function problemsOf(broken: string): readonly ConfigProblem[] {
  try {
    parseLock(broken, "flotilla.lock");
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.problems;
    }
    throw error;
  }
  throw new Error("the lock was accepted");
}

describe("a broken lock is refused with file and line:", () => {
  test.each<readonly [string, string, number | null, string]>([
    [
      "an unresolved merge",
      text.replace("    version: 1.31.2", "<<<<<<< HEAD\n    version: 1.31.2\n=======\n    version: 1.31.3\n>>>>>>> x"),
      13,
      "merge conflict",
    ],
    ["broken YAML", text.replace("chart: istiod", "chart: [istiod"), 13, "not valid YAML"],
    ["a key twice", text.replace("  istiod:", "  app:"), 11, "not valid YAML"],
    ["no mapping", "- a\n", null, "not a lock file"],
    ["an empty file", "", null, "not a lock file"],
    [
      "a newer version",
      text.replace("version: 1\n", "version: 2\n"),
      3,
      "it has version 2, and this flotilla reads version 1",
    ],
    ["no version", text.replace("version: 1\n", ""), 3, '"version" must be 1'],
    ["no stack", text.replace("stack: demo\n", ""), 3, '"stack" is missing'],
    ["an unknown key", text.replace("    range:", "    rang:"), 17, '"rang" is not a key of a lock file'],
    [
      "a short digest",
      text.replace(`digest: ${digest}\n    range`, "digest: sha256:ab\n    range"),
      12,
      '"digest" of istiod must be sha256',
    ],
    ["a missing digest", text.replace(`    digest: ${digest}\n    range`, "    range"), 12, '"digest" is missing'],
    ["a number as a text", text.replace('"1.31"', "1.31"), 14, '"appVersion" must be a text'],
    ["an entry that is none", text.replace(/ {2}app:\n( {4}.*\n)+/, "  app: 1.0.0\n"), 6, '"app" must hold the keys'],
    ["dependencies that are none", `${text}  web:\n    dependencies: [a]\n`, 19, '"dependencies" of web must hold'],
    ["a dependency that is none", `${text}  web:\n    dependencies:\n      db: 1.0.0\n`, 20, '"db" must hold the keys'],
    ["a folder with more", `${text}  web:\n    dependencies: {}\n    chart: web\n`, 20, '"chart" is not a key'],
    ["images that are none", `${text}images: [a]\n`, 3, '"images" must hold one list per environment'],
    ["an environment's images that are none", `${text}images:\n  dev: [1]\n`, 19, '"dev" must hold a list of images'],
    ["releases that are none", `version: 1\nstack: demo\nreleases: [app]\n`, 1, '"releases" must hold'],
  ])("%s", (_, broken, line, message) => {
    const [problem] = problemsOf(broken);
    expect(problem).toMatchObject({
      file: "flotilla.lock",
      severity: "error",
      message: expect.stringContaining(message) as string,
    });
    expect(problem?.line).toBe(line);
    expect(problem?.hint).toEqual(expect.any(String));
  });

  test("all problems at once", () => {
    const broken = text.replace("    chart: dicom\n", "").replace("    chart: istiod\n", "");
    expect(problemsOf(broken).map(({ message }) => message)).toEqual(['"chart" is missing', '"chart" is missing']);
  });

  test("with the line shown and the place marked", () => {
    expect(problemsOf(text.replace('"1.31"', "1.31"))[0]).toMatchObject({
      line: 14,
      column: 17,
      frame: "14 |     appVersion: 1.31\n                     ^",
    });
  });
});
