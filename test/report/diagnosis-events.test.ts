import { expect, it } from "vitest";
import type { RunEvent } from "../../src/model/events.ts";
import { createPalette } from "../../src/report/colors.ts";
import { frameLines } from "../../src/report/frame.ts";
import { createLineSink } from "../../src/report/lines.ts";
import { createNdjsonSink } from "../../src/report/ndjson.ts";
import { reduceRunEvent } from "../../src/report/reducer.ts";
import { EMPTY_RUN_VIEW } from "../../src/report/run-view.ts";
import { stackDiagnosisText } from "../../src/report/stack-diagnosis-text.ts";
import { applied, finished, IMAGE_PULL, releaseStep, runStarted, stepStarted, viewAfter } from "./samples.ts";

const about = { step: "release/istiod", release: "istiod" } as const;
const RUNNING = [runStarted([releaseStep("istiod", [])]), stepStarted("release/istiod"), applied("istiod")];
const WARNING = { ...IMAGE_PULL, severity: "warning" as const };
const NAMED: RunEvent = { type: "diagnosis", ...about, diagnosis: [WARNING] };
const GONE: RunEvent = { type: "diagnosis", ...about, diagnosis: [] };
const SAID: RunEvent = {
  type: "cluster-event",
  ...about,
  level: "warning",
  object: { apiVersion: "v1", kind: "Pod", namespace: "istio-system", name: "istiod-7f9" },
  reason: "FailedScheduling",
  message: "0/3 nodes\nare available",
};

function frame(events: readonly RunEvent[], rows = 24): string[] {
  const options = { palette: createPalette(false), columns: 100, rows, now: 0, spinner: "*" };
  return frameLines(viewAfter(events), options);
}

function lines(events: readonly RunEvent[], verbose: boolean): string[] {
  let written = "";
  let view = EMPTY_RUN_VIEW;
  const sink = createLineSink({
    palette: createPalette(false),
    write: (text) => (written += text),
    now: () => 0,
    verbose,
  });
  for (const event of events) {
    view = reduceRunEvent(view, event, 0);
    sink.event(event, view);
  }
  sink.stop();
  return written.split("\n").slice(0, -1);
}

it("stands under the step in a live view: what is wrong, else what the cluster said last", () => {
  expect(frame([...RUNNING, SAID])[2]).toBe("            Pod istiod-7f9: FailedScheduling: 0/3 nodes are available");
  expect(frame([...RUNNING, SAID, NAMED])[2]).toBe("            image-pull  The image cannot be pulled.");
  expect(frame([...RUNNING, NAMED, GONE])).toHaveLength(2);
  expect(frame([...RUNNING, NAMED, finished("release/istiod")])).toHaveLength(2);
});

it("takes no line in a terminal that has none to spare", () => {
  expect(frame([...RUNNING, NAMED], 4)).toHaveLength(2);
});

it("is told in lines, the cluster's own events with -v only", () => {
  const told = lines([...RUNNING, SAID, NAMED, GONE], false).slice(RUNNING.length);
  expect(told).toEqual([
    "[   0.0s] release/istiod: 1 finding",
    "[   0.0s]     image-pull  Pod istio-system/istiod-7f9",
    "[   0.0s]       The image cannot be pulled.",
    "[   0.0s]       │ Failed to pull image: not found",
    "[   0.0s]       → Check the hub.",
    "[   0.0s] release/istiod: nothing is wrong any more",
  ]);
  expect(lines([...RUNNING, SAID], true).at(-1)).toBe(
    "[   0.0s] release/istiod: Pod istiod-7f9: FailedScheduling: 0/3 nodes are available",
  );
});

it("is a line of JSON, with whole objects", () => {
  const written: string[] = [];
  const sink = createNdjsonSink(
    (text) => written.push(text),
    () => 0,
  );
  for (const event of [NAMED, SAID]) sink.event(event, EMPTY_RUN_VIEW);
  sink.update({ ready: true });
  const [named, said, status] = written.map((text) => JSON.parse(text) as Record<string, unknown>);
  expect(named).toMatchObject({ type: "diagnosis", release: "istiod", diagnosis: [{ code: "image-pull" }] });
  expect(said).toMatchObject({ type: "cluster-event", reason: "FailedScheduling", object: { name: "istiod-7f9" } });
  expect(status).toMatchObject({ type: "status", seq: 3, ready: true });
});

it("is a text of its own for diagnose", () => {
  const release = { namespace: "istio-system", helmStatus: "deployed", ready: true, diagnosis: [] };
  const text = stackDiagnosisText(
    {
      version: 1,
      stack: "korthweb",
      environment: "dev",
      context: "kind-dev",
      releases: [
        { ...release, name: "base" },
        { ...release, name: "istiod", ready: false, diagnosis: [WARNING] },
        { ...release, name: "ingress", ready: false, helmStatus: null },
      ],
    },
    { color: false },
  );
  expect(text.split("\n")).toEqual([
    "korthweb → dev (kind-dev)",
    "",
    "✔ base: nothing is wrong",
    "… istiod: not ready",
    "    image-pull  Pod istio-system/istiod-7f9",
    "      The image cannot be pulled.",
    "      │ Failed to pull image: not found",
    "      → Check the hub.",
    "· ingress: not installed",
    "",
  ]);
});
