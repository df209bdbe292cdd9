import type { Writable } from "node:stream";
import { Listr, ProcessOutput, Spinner } from "listr2";
import { createPalette } from "./colors.ts";
import { frameLines } from "./frame.ts";
import { createPainter, type Painter } from "./painter.ts";
import type { RunView } from "./run-view.ts";

/** What a live view draws on, and what it draws. */
export interface LiveViewOptions {
  /** The terminal: standard error. */
  readonly err: Writable;
  /** Held back together with `err` while the view is open, so that nothing tears the frame. */
  readonly out: Writable;
  readonly color: boolean;
  /** Size of the terminal where the stream itself does not tell. */
  readonly columns: number;
  readonly rows: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The view at this moment; read for every frame. */
  readonly view: () => RunView;
}

/** A live view that is open. */
export interface LiveView {
  /** Writes lines above the frame; they stay. */
  print(lines: readonly string[]): void;
  /**
   * Ends the view at once and leaves the terminal as it was, cursor shown. Its last frame stays, unless `clear` is
   * true. Later calls do nothing.
   */
  close(options: { clear: boolean }): void;
}

/**
 * Opens a live view. listr2 runs it, takes the streams and turns the spinner; what is drawn comes from the reducer's
 * view, drawn by our own painter, because listr2's own renderers redraw everything on every turn and break in terminals
 * that are lower than the list.
 */
export function openLiveView(options: LiveViewOptions): LiveView {
  const { promise: closed, resolve: close } = withResolvers();
  const screen = new LiveScreen(options);
  const list = new Listr([{ task: () => closed }], {
    // listr2's own handler ends the process with 127 before anything is cleaned up.
    registerSignalListeners: false,
    renderer: ScreenRenderer,
    rendererOptions: { screen },
  });
  void list.run();
  const closeNow = (clear: boolean): void => {
    process.off("exit", closeOnExit);
    screen.end(clear);
    close();
  };
  // A process that ends without closing its views must not leave the cursor hidden.
  const closeOnExit = (): void => closeNow(false);
  process.on("exit", closeOnExit);
  return { print: (lines) => screen.print(lines), close: ({ clear }) => closeNow(clear) };
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** The form in which listr2 takes a renderer: it makes the instance, calls `render` at once and `end` when all is done. */
class ScreenRenderer {
  static readonly nonTTY = true;
  static rendererOptions: { screen: LiveScreen };
  static rendererTaskOptions: Record<PropertyKey, never>;
  readonly render: () => void;
  readonly end: () => void;

  constructor(_tasks: unknown, options: { screen: LiveScreen }) {
    this.render = () => options.screen.begin();
    this.end = () => options.screen.end(false);
  }
}

class LiveScreen {
  readonly #options: LiveViewOptions;
  readonly #output: ProcessOutput;
  readonly #spinner = new Spinner();
  readonly #painter: Painter;
  #open = false;

  constructor(options: LiveViewOptions) {
    this.#options = options;
    // listr2 asks for terminal streams but only calls `write` on them.
    const terminal = options.err as NodeJS.WriteStream;
    this.#output = new ProcessOutput(terminal, options.out as NodeJS.WriteStream, { leaveEmptyLine: false });
    this.#painter = createPainter((text) => this.#output.toStdout(text, false));
  }

  begin(): void {
    this.#open = true;
    this.#output.hijack();
    this.#spinner.start(() => this.#draw(this.#spinner.fetch()), 100);
    this.#draw(this.#spinner.fetch());
  }

  print(lines: readonly string[]): void {
    if (this.#open) this.#painter.printAbove(lines, this.#size().columns);
  }

  end(clear: boolean): void {
    if (!this.#open) return;
    this.#open = false;
    this.#spinner.stop();
    if (clear) this.#painter.paint([], this.#size().columns);
    else this.#draw(null);
    this.#output.release();
  }

  #draw(spinner: string | null): void {
    const { columns, rows } = this.#size();
    const { color, now, view } = this.#options;
    const lines = frameLines(view(), { palette: createPalette(color), columns, rows, now: now(), spinner });
    this.#painter.paint(lines, columns);
  }

  #size(): { columns: number; rows: number } {
    const { err } = this.#options;
    const columns = "columns" in err && typeof err.columns === "number" ? err.columns : this.#options.columns;
    const rows = "rows" in err && typeof err.rows === "number" ? err.rows : this.#options.rows;
    return { columns, rows };
  }
}
