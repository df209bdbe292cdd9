import { describe, expect, it } from "vitest";
import { createPainter } from "../../src/report/painter.ts";
import { Screen } from "./screen.ts";

function start(columns = 40, rows = 10) {
  const screen = new Screen(columns, rows);
  screen.write("$ flotilla up\n");
  return { screen, painter: createPainter((text) => screen.write(text)) };
}

describe("painter", () => {
  it("shows each frame in place of the last one", () => {
    const { screen, painter } = start();
    painter.paint(["one", "two", "three"], 40);
    painter.paint(["one", "2"], 40);
    expect(screen.lines()).toEqual(["$ flotilla up", "one", "2"]);
    painter.paint([], 40);
    expect(screen.lines()).toEqual(["$ flotilla up"]);
  });

  it("writes only the lines that changed, and nothing when none did", () => {
    const { screen, painter } = start();
    painter.paint(["steady", "turning -"], 40);
    screen.written = "";
    painter.paint(["steady", "turning |"], 40);
    expect(screen.written).toContain("turning |");
    expect(screen.written).not.toContain("steady");
    screen.written = "";
    painter.paint(["steady", "turning |"], 40);
    expect(screen.written).toBe("");
  });

  it("keeps lines printed above for good, even when the screen scrolls", () => {
    const { screen, painter } = start(40, 6);
    painter.paint(["a", "b", "c"], 40);
    painter.printAbove(["note 1", "note 2"], 40);
    painter.printAbove(["note 3", "note 4"], 40);
    painter.paint(["a", "B", "c"], 40);
    expect(screen.lines()).toEqual(["$ flotilla up", "note 1", "note 2", "note 3", "note 4", "a", "B", "c"]);
  });

  it("wipes what the terminal echoed below the frame", () => {
    const { screen, painter } = start();
    painter.paint(["a"], 40);
    screen.write("^C");
    painter.paint(["b"], 40);
    expect(screen.lines()).toEqual(["$ flotilla up", "b"]);
  });

  it("draws everything anew after the terminal's width changed", () => {
    const { screen, painter } = start();
    painter.paint(["first", "second"], 40);
    painter.paint(["first", "second"], 60);
    expect(screen.lines()).toEqual(["$ flotilla up", "first", "second"]);
  });
});
