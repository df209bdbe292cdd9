import { describe, expect, test } from "vitest";

import type { Lock } from "../../src/lock/lock.ts";
import {
  ALL_ELSEWHERE,
  type LockElsewhere,
  type LockShare,
  mergeLock,
  movedReleases,
} from "../../src/lock/merge-lock.ts";
import type { FolderEntry, LockEntry } from "../../src/model/lock.ts";

const NOBODY: LockElsewhere = { hasRelease: () => false, hasEnvironment: () => false };

function entry(release: string, version = "1.0.0"): LockEntry {
  const pin = { name: release, version, appVersion: null, source: "https://charts.example.test", digest: version };
  return { release, range: null, pin };
}

function folder(release: string, ...names: readonly string[]): FolderEntry {
  const pin = { version: "1.0.0", source: "https://charts.example.test", digest: "x", range: null };
  return { release, dependencies: names.map((name) => ({ name, ...pin })) };
}

const before: Lock = {
  stack: "demo",
  entries: [entry("app"), entry("metallb"), entry("web")],
  folders: [folder("local", "db"), folder("prod-only", "db")],
  images: { dev: ["a:1"], prod: ["b:1"] },
};

function share(change: Partial<LockShare> = {}): LockShare {
  const releases = ["app", "local", "web"];
  return {
    stack: "demo",
    environment: "dev",
    releases,
    entries: [entry("app", "2.0.0")],
    folders: [],
    images: ["c:1"],
    ...change,
  };
}

describe("an environment's share of a lock", () => {
  test("leaves alone what other environments have", () => {
    const prod = { hasRelease: (name: string) => name !== "app", hasEnvironment: (name: string) => name === "prod" };
    expect(mergeLock(before, share(), prod)).toEqual({
      stack: "demo",
      entries: [entry("app", "2.0.0"), entry("metallb")],
      folders: [folder("prod-only", "db")],
      images: { dev: ["c:1"], prod: ["b:1"] },
    });
  });

  test("is all that stays when nobody else has anything", () => {
    expect(mergeLock(before, share(), NOBODY)).toEqual({
      stack: "demo",
      entries: [entry("app", "2.0.0")],
      folders: [],
      images: { dev: ["c:1"] },
    });
  });

  test("without images keeps those that were listed", () => {
    expect(mergeLock(before, share({ images: null }), NOBODY).images).toEqual({ dev: ["a:1"] });
    expect(mergeLock(before, share({ images: null }), ALL_ELSEWHERE).images).toEqual(before.images);
    expect(mergeLock(null, share({ images: null }), NOBODY).images).toEqual({});
  });
});

test("what moved is told by release, in whatever order dependencies stand", () => {
  const two = { ...before, folders: [folder("local", "db", "cache")] };
  expect(movedReleases(two, share({ folders: [folder("local", "cache", "db")] }))).toEqual(["app"]);
  expect(movedReleases(two, share({ entries: [], folders: [folder("local", "db")] }))).toEqual(["local"]);
  expect(movedReleases(null, share({ folders: [folder("local", "db")] }))).toEqual(["app", "local"]);
});
