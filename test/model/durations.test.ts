import { expect, test } from "vitest";
import { formatDuration, parseDuration } from "../../src/model/durations.ts";

test.for([
  ["90s", 90_000],
  ["10m", 600_000],
  ["1h30m", 5_400_000],
  ["500ms", 500],
  ["1m500ms", 60_500],
  ["1.5h", 5_400_000],
  ["0s", 0],
  ["0.0004s", 0],
] as const)("%s is %d ms", ([text, ms]) => {
  expect(parseDuration(text)).toBe(ms);
});

test.for(["", "5", "-3s", "+3s", " 3s", "3s ", "1d", "s", "1e3s", "3S", "1.s", ".5s", "1h 30m", "10m;"])(
  "%j is no duration",
  (text) => {
    expect(parseDuration(text)).toBeNull();
  },
);

test.for([
  [0, "0.0s"],
  [49, "0.0s"],
  [800, "0.8s"],
  [9_949, "9.9s"],
  [9_950, "10s"],
  [12_400, "12s"],
  [59_400, "59s"],
  [59_500, "1m00s"],
  [125_000, "2m05s"],
  [3_599_400, "59m59s"],
  [3_599_500, "1h00m"],
  [3_720_000, "1h02m"],
  [90_000_000, "25h00m"],
] as const)("%d ms are written %s", ([ms, text]) => {
  expect(formatDuration(ms)).toBe(text);
});
