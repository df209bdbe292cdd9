import { describe, expect, test } from "vitest";

import { compareLock, describeStale } from "../../src/lock/compare-lock.ts";
import { lockSource, sameSource } from "../../src/lock/lock-source.ts";
import type { LockEntry } from "../../src/model/lock.ts";
import type { ChartReference } from "../../src/model/stack.ts";
import { sampleRelease } from "../support/sample-stack.ts";

const places = { lockFolder: "/home/alice/project", cacheFolder: "/home/alice/.cache/flotilla" };
const url = "https://charts.example.test";
const repository: ChartReference = { type: "repository", url, name: "app" };

function entry(release: string, change: Partial<LockEntry["pin"]> & { range?: string | null } = {}): LockEntry {
  const { range = "^1.0.0", ...pin } = change;
  return {
    release,
    range,
    pin: { name: "app", version: "1.0.0", appVersion: null, source: url, digest: "sha256:00", ...pin },
  };
}

describe("a source is written as", () => {
  test.each<[ChartReference, string | null]>([
    [{ type: "folder", path: "/home/alice/project/charts/app" }, null],
    [{ type: "archive", path: "/home/alice/project/charts/app.tgz" }, "charts/app.tgz"],
    [{ type: "archive", path: "/home/alice/shared/app.tgz" }, "../shared/app.tgz"],
    [{ type: "repository", url: "/home/alice/.cache/flotilla/istio/charts", name: "base" }, "cache:istio/charts"],
    [{ type: "repository", url: "/home/alice/project", name: "base" }, "."],
    [{ type: "repository", url: `${url}/`, name: "base" }, url],
    [{ type: "oci", url: "oci://ghcr.io/org/app" }, "oci://ghcr.io/org/app"],
  ])("%j → %s", (reference, source) => {
    expect(lockSource(reference, places)).toBe(source);
  });

  test("the same on machines whose homes differ, for what lies in flotilla's cache", () => {
    const bob = { lockFolder: "/srv/bob/project", cacheFolder: "/srv/bob/cache" };
    expect(lockSource({ type: "repository", url: "/srv/bob/cache/istio/charts", name: "base" }, bob)).toBe(
      "cache:istio/charts",
    );
  });
});

test.each<[string, string, boolean]>([
  [url, url, true],
  [url, `${url}/other`, false],
  ["charts/a.tgz", "charts/b.tgz", false],
  ["../shared/a.tgz", "../../bob/shared/a.tgz", true],
  ["cache:istio", "../istio", true],
  ["cache:istio", url, false],
  ["cache:istio", "charts", false],
])("%s and %s are the same source: %s", (left, right, same) => {
  expect(sameSource(left, right)).toBe(same);
});

describe("a lock is compared with a stack:", () => {
  const app = sampleRelease({ name: "app", chart: repository, version: "^1.0.0" });

  test("what fits, what is missing, what is surplus", () => {
    const folder = sampleRelease({ name: "local", chart: { type: "folder", path: "/x" } });
    const fresh = sampleRelease({ name: "fresh", chart: repository });
    const lock = { folders: [], images: {}, stack: "demo", entries: [entry("app"), entry("gone"), entry("local")] };
    const comparison = compareLock(lock, [app, folder, fresh], places);
    expect([...comparison.fitting.keys()]).toEqual(["app"]);
    expect(comparison.stale).toEqual([]);
    expect(comparison.missing).toEqual(["fresh"]);
    expect(comparison.surplus).toEqual(["gone", "local"]);
  });

  test.each<[string, LockEntry, string]>([
    [
      "range",
      entry("app", { range: "^2.0.0" }),
      "app: its version is ^1.0.0 in the stack file, but was ^2.0.0 when it was locked",
    ],
    [
      "range that was none",
      entry("app", { range: null }),
      "app: its version is ^1.0.0 in the stack file, but was not limited when it was locked",
    ],
    [
      "source",
      entry("app", { source: "https://old.example.test" }),
      `app: its source is ${url} in the stack file, but was https://old.example.test when it was locked`,
    ],
    ["chart", entry("app", { name: "old" }), "app: its chart is app in the stack file, but was old when it was locked"],
  ])("a changed %s is stale, and both values are told", (_, locked, sentence) => {
    const { stale, fitting } = compareLock(
      { folders: [], images: {}, stack: "demo", entries: [locked] },
      [app],
      places,
    );
    expect(stale.map(describeStale)).toEqual([sentence]);
    expect(fitting.size).toBe(0);
  });
});
