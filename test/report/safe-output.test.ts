import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RunEvent } from "../../src/model/events.ts";
import { ConfigError, FlotillaError } from "../../src/model/errors.ts";
import { createPalette } from "../../src/report/colors.ts";
import { eventLines } from "../../src/report/event-lines.ts";
import { formatError } from "../../src/report/errors.ts";
import { frameLines } from "../../src/report/frame.ts";
import { graphText } from "../../src/report/graph.ts";
import { planText } from "../../src/report/plan-text.ts";
import { resultText } from "../../src/report/result-text.ts";
import { statusText } from "../../src/report/status-text.ts";
import {
  finished,
  IMAGE_PULL,
  PLAN,
  progress,
  releaseResult,
  runResult,
  runStarted,
  STATUS,
  viewAfter,
} from "./samples.ts";

/** Fields whose words the model itself defines: nothing from outside gets into them. */
const OWN_WORDS = ["type", "kind", "action", "outcome", "level", "severity", "code", "gate"];

/** Puts the text into every other string of a value. */
function poisoned<T>(value: T, text: string): T {
  const poison = (key: string, item: unknown): unknown =>
    typeof item === "string" && !OWN_WORDS.includes(key) ? `${item}${text}` : item;
  return JSON.parse(JSON.stringify(value, poison)) as T;
}

/** Everything that the room can print about hostile names and messages. */
function everything(text: string, color: boolean): string {
  const events: RunEvent[] = [
    runStarted(),
    progress("release/base", 0, 1, ["awaited"]),
    finished("release/istiod", { outcome: "failed", message: "message", diagnosis: [IMAGE_PULL] }),
    finished("release/ingress", { outcome: "skipped", message: "message" }),
    { type: "notice", level: "info", message: "message", hint: "hint" },
    { type: "task-started", task: "task", title: "title" },
    { type: "task-progress", task: "task", detail: "detail" },
  ];
  const hostile = poisoned(events, text);
  const view = viewAfter(hostile);
  const palette = createPalette(color);
  const releases = [
    releaseResult("istiod", { outcome: "failed", diagnosis: [IMAGE_PULL] }),
    releaseResult("ingress", { outcome: "skipped" }),
  ];
  const result = poisoned(runResult({ outcome: "failed", releases, addresses: STATUS.addresses }), text);
  const problem = {
    severity: "error",
    message: text,
    file: text,
    line: 1,
    column: 1,
    frame: text,
    hint: text,
  } as const;
  const stack = { name: text, releases: [{ name: text, needs: [text] }] };
  return [
    ...hostile.flatMap((event) => eventLines(event, view, palette)),
    ...frameLines(view, { palette, columns: 80, rows: 24, now: 0, spinner: "*" }),
    planText(poisoned({ ...PLAN, notes: ["note"] }, text), { color }),
    statusText(poisoned(STATUS, text), { color }),
    resultText(result, { color, view, again: text }),
    ...(["text", "mermaid", "dot"] as const).map((format) => graphText(stack, format, { color })),
    formatError(new FlotillaError("internal", text, { hint: text, cause: new Error(text) }), { color, verbose: true }),
    formatError(new ConfigError(text, [problem]), { color, verbose: true }),
    formatError(new Error(text), { color, verbose: true }),
  ].join("\n");
}

const hostileText = fc.string({
  unit: fc.constantFrom(
    "a",
    "\u001b[2J",
    "\u001b]0;t\u0007",
    "\u009b31m",
    "\u0007",
    "\r",
    "\n",
    "\t",
    "\u202e",
    "\u0000",
    "世",
  ),
});

describe("what comes from outside", () => {
  it("never brings a control character or a turned reading direction to the terminal", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(everything(text, false)).not.toMatch(/(?!\n)\p{Cc}|[\u202a-\u202e]/u);
      }),
    );
  });

  it("leaves only our own colours when there are colours", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        // oxlint-disable-next-line no-control-regex -- our own colours begin with one
        const without = everything(text, true).replace(/\u001b\[(1|2|22|31|32|33|36|39)m/g, "");
        expect(without).not.toMatch(/(?!\n)\p{Cc}|[\u202a-\u202e]/u);
      }),
    );
  });
});
