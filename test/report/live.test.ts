import { afterEach, describe, expect, it } from "vitest";
import type { RunEvent } from "../../src/model/events.ts";
import { openLiveView, type LiveView } from "../../src/report/live.ts";
import { EMPTY_RUN_VIEW, type RunView } from "../../src/report/run-view.ts";
import { applied, finished, progress, releaseStep, runStarted, stepStarted, viewAfter } from "./samples.ts";
import { Screen, Sink, until } from "./screen.ts";

const open: LiveView[] = [];

afterEach(() => {
  for (const live of open.splice(0)) live.close({ clear: false });
});

function start(columns = 80, rows = 24) {
  const screen = new Screen(columns, rows);
  const out = new Sink();
  let view: RunView = EMPTY_RUN_VIEW;
  const live = openLiveView({
    err: screen,
    out,
    color: true,
    columns: 80,
    rows: 24,
    now: () => 60_000,
    view: () => view,
  });
  open.push(live);
  const show = (events: readonly RunEvent[]): void => {
    view = viewAfter(events, 58_000);
  };
  return { screen, out, live, show };
}

const RUNNING = [runStarted([releaseStep("base", []), releaseStep("istiod", [])]), stepStarted("release/base")];

describe("live view", () => {
  it("follows the view by itself and hides the cursor meanwhile", async () => {
    const { screen, show } = start();
    expect(screen.cursorShown).toBe(false);
    show(RUNNING);
    await until(() => screen.lines().some((line) => /^\S {5}1s {2}base {4}installing$/.test(line)));
    show([...RUNNING, applied("base"), progress("release/base", 0, 2, ["CRD x: not established"])]);
    await until(() =>
      screen.lines().some((line) => line.endsWith("waiting, 0/2 ready, awaiting CRD x: not established")),
    );
    show([...RUNNING, finished("release/base")]);
    await until(() => screen.lines().includes("✔   0.7s  base    installed"));
    expect(screen.lines()).toHaveLength(3);
  });

  it("leaves its last frame and shows the cursor when it is closed in the middle", async () => {
    const { screen, live, show } = start();
    show(RUNNING);
    await until(() => screen.lines().length === 3);
    live.close({ clear: false });
    expect(screen.cursorShown).toBe(true);
    expect(screen.lines()).toEqual([
      "korthweb → dev (kind-dev)  0/2 steps  2s",
      "■     1s  base    installing",
      "·         istiod",
    ]);
    live.close({ clear: false });
    live.print(["late"]);
    expect(screen.lines()).toHaveLength(3);
  });

  it("leaves nothing when it is asked to clear", async () => {
    const { screen, live, show } = start();
    show(RUNNING);
    await until(() => screen.lines().length === 3);
    live.print(["note: kept"]);
    live.close({ clear: true });
    expect(screen.lines()).toEqual(["note: kept"]);
  });

  it("stays within a terminal of 10 rows with 30 steps, and follows its size", async () => {
    const { screen, show } = start(60, 10);
    show([runStarted(Array.from({ length: 30 }, (_, index) => releaseStep(`app-${index}`, [])))]);
    await until(() => screen.lines().length === 8);
    expect(screen.lines().at(-1)).toBe("          … 24 to come");
    screen.rows = 20;
    await until(() => screen.lines().length === 18);
  });

  it("holds back what others write until it is closed, so that nothing tears the frame", async () => {
    const { screen, out, live, show } = start();
    show(RUNNING);
    await until(() => screen.lines().length === 3);
    screen.write("(node:1) a warning");
    out.write("a stray line\n");
    expect([screen.lines().length, out.written]).toEqual([3, ""]);
    live.close({ clear: false });
    expect(screen.lines().at(-1)).toBe("(node:1) a warning");
    expect(out.written).toContain("a stray line");
  });

  it("shows the cursor again when the process exits without closing it", () => {
    const before = process.listeners("exit");
    const { screen } = start();
    const [closeOnExit] = process.listeners("exit").filter((listener) => !before.includes(listener));
    expect(screen.cursorShown).toBe(false);
    closeOnExit?.(1);
    expect(screen.cursorShown).toBe(true);
    expect(process.listeners("exit")).toEqual(before);
  });

  it("takes no signal for itself", () => {
    const before = process.listenerCount("SIGINT");
    start();
    expect(process.listenerCount("SIGINT")).toBe(before);
  });
});
