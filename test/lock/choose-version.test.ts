import { describe, expect, test } from "vitest";

import { chooseVersion, exactVersion, fitsRange, offerVersions } from "../../src/lock/choose-version.ts";

function choose(range: string | null, ...versions: string[]): string | null {
  return (
    chooseVersion(
      range,
      versions.map((version) => ({ version })),
    )?.version ?? null
  );
}

const released = [
  "1.30.9",
  "1.31.0",
  "1.31.2",
  "1.31.10",
  "1.32.0-rc.1",
  "1.32.0",
  "2.0.0-beta.1",
  "not-a-version",
  "1.31",
];

describe("the newest version that fits", () => {
  test.each<[string | null, string | null]>([
    [null, "1.32.0"],
    ["*", "1.32.0"],
    ["1", "1.32.0"],
    ["1.31", "1.31.10"],
    ["1.31.x", "1.31.10"],
    ["~1.31.0", "1.31.10"],
    ["^1.30.0", "1.32.0"],
    ["v1.31", "1.31.10"],
    ["1.31.2", "1.31.2"],
    ["v1.31.2", "1.31.2"],
    ["=1.31.2", "1.31.2"],
    [">=1.30, <1.32", "1.31.10"],
    [">= 1.30.0 < 1.31.10", "1.31.2"],
    ["1.30.x || 1.31.0", "1.31.0"],
    ["1.30 - 1.31.2", "1.31.2"],
    ["2", null],
    ["^2.0.0", null],
    ["^2.0.0-0", "2.0.0-beta.1"],
    [">=1.0.0-0", "2.0.0-beta.1"],
    ["~1.32.0-0", "1.32.0"],
    ["1.32.0-rc.1", "1.32.0-rc.1"],
    ["1.31.3", null],
    ["nonsense", null],
  ])("%s → %s", (range, version) => {
    expect(choose(range, ...released)).toBe(version);
  });

  test("does not depend on the order of the candidates", () => {
    expect(choose("1.31", ...released.toReversed())).toBe("1.31.10");
  });

  test("counts versions with a v, and keeps them as they are written", () => {
    expect(choose("^1.0.0", "v1.2.0", "1.1.0")).toBe("v1.2.0");
    expect(choose("1.2.0", "v1.2.0", "1.1.0")).toBe("v1.2.0");
  });

  test("tells builds of one version apart when the range names one", () => {
    expect(choose("1.0.0+a", "1.0.0+b", "1.0.0+a")).toBe("1.0.0+a");
    expect(choose("1.0.0", "1.0.0+b", "1.0.0+c")).toBe("1.0.0+c");
  });

  test("is none when only pre-releases exist and none is asked for", () => {
    expect(choose(null, "1.0.0-rc.1")).toBeNull();
  });
});

test.each<[string | null, string, boolean]>([
  [null, "1.0.0", true],
  ["^1.0.0", "1.9.0", true],
  ["^1.0.0", "2.0.0", false],
  ["1.0.0-rc.1", "1.0.0-rc.1", true],
])("%s holds %s: %s", (range, version, fits) => {
  expect(fitsRange(range, version)).toBe(fits);
});

test.each<[string | null, string | null]>([
  ["1.2.3", "1.2.3"],
  ["=1.2.3", "1.2.3"],
  ["v1.2.3", "v1.2.3"],
  ["1.2.3+b", "1.2.3+b"],
  ["1.2", null],
  ["^1.2.3", null],
  [null, null],
])("%s stands for the one version %s", (range, version) => {
  expect(exactVersion(range)).toBe(version);
});

test.each<[string | null, readonly string[]]>([
  ["1.31.7", ["1.31.10", "1.31.2", "1.31.0"]],
  ["~1.29.0", ["1.32.0", "1.32.0-rc.1", "1.31.10"]],
  ["9", ["2.0.0-beta.1", "1.32.0", "1.32.0-rc.1"]],
  [null, ["2.0.0-beta.1", "1.32.0", "1.32.0-rc.1"]],
])("when nothing fits %s, the nearest are offered", (range, offers) => {
  expect(
    offerVersions(
      range,
      released.map((version) => ({ version })),
      3,
    ),
  ).toEqual(offers);
});
