import { expect, test } from "vitest";
import { lockText } from "../../src/report/lock-text.ts";

const CHART = { release: "app", name: "app", version: "1.0.0", digest: `sha256:${"a".repeat(64)}` };

test.each([
  ["shop.lock", true, null, "shop.lock is written."],
  ["shop.lock", false, 3, "shop.lock is up to date. It lists 3 images."],
  [null, false, null, "Nothing to pin: no lock file is needed."],
] as const)("what became of the lock %s (written: %s, images: %s)", (file, written, images, outcome) => {
  const lines = lockText([CHART], { color: false, file, written, images }).split("\n");
  expect(lines.slice(-2)).toEqual([outcome, ""]);
});
