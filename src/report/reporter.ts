import type { Writable } from "node:stream";
import type { RunEvent } from "../model/events.ts";
import type { JsonObject } from "../model/json.ts";
import { createPalette } from "./colors.ts";
import { errorDocument } from "./error-document.ts";
import { formatError } from "./errors.ts";
import type { EventSink } from "./event-sink.ts";
import { createInteractiveSink } from "./interactive.ts";
import { jsonText } from "./json-text.ts";
import { createLineSink } from "./lines.ts";
import { createNdjsonSink } from "./ndjson.ts";
import { createNoticeSink } from "./notices.ts";
import { createOutput, type Destination, type Output } from "./output.ts";
import { createUpdates } from "./updates.ts";
import { reduceRunEvent } from "./reducer.ts";
import { EMPTY_RUN_VIEW, type RunView } from "./run-view.ts";

/** How a command shows what it does. The caller has judged flags, NO_COLOR, CI and the terminal. */
export interface OutputOptions {
  readonly format: "text" | "json" | "ndjson";
  readonly color: boolean;
  /** True when `err` is a terminal that a person watches. */
  readonly interactive: boolean;
  /** Size of the terminal; where `err` itself tells its size, that counts. */
  readonly columns: number;
  readonly rows: number;
  /** Stacks under errors, progress lines beside `-o json`. */
  readonly verbose: boolean;
  /** Results go here. */
  readonly out: Writable;
  /** Everything else goes here. */
  readonly err: Writable;
  /** In words, the file that both of them are (`the log file run.log`); left out for the streams of the process. */
  readonly file?: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Where a command's events, results and errors go. */
export interface Reporter {
  /** Takes an event; never throws. */
  emit(event: RunEvent): void;
  /** All that the events have told so far. */
  view(): RunView;
  /** Writes the command's result: the text, or the document for `-o json` and `-o ndjson`. */
  result(document: JsonObject, text: string): Promise<void>;
  /**
   * Shows something that goes on to change: drawn over in a terminal, else one after the other; a line each for `-o ndjson`.
   * @returns false when nobody reads it any more
   */
  update(document: JsonObject, text: string): Promise<boolean>;
  /** Shows the error that ended the command: text on `err`, for `-o ndjson` a line of `type: "error"`. */
  error(error: unknown): Promise<void>;
  /** Ends the live view at once and gives the terminal back, before a question for example; a later event may open it anew. */
  stop(): void;
  /**
   * Ends everything and waits until all is written. Call it before the process exits.
   * @throws FlotillaError `internal` when the output could not be written, `write-failed` when it is a file
   */
  finish(): Promise<void>;
}

/** One way to show results and errors, beside the events. */
interface Presentation {
  readonly sink: EventSink;
  result(document: JsonObject, text: string): void;
  update(document: JsonObject, text: string): void;
  error(error: unknown): void;
}

/** Makes the reporter for a command. listr2 is loaded only when a person watches work that takes its time. */
export function createReporter(options: OutputOptions): Reporter {
  const { file } = options;
  const leads = (name: string): Destination => ({ name: file ?? name, isFile: file !== undefined });
  const out = createOutput(options.out, leads("standard output"));
  const err = createOutput(options.err, leads("standard error"));
  const presentation = createPresentation(options, out, err);
  let view = EMPTY_RUN_VIEW;

  async function flush(): Promise<void> {
    await out.flush();
    await err.flush();
  }

  return {
    emit(event) {
      view = reduceRunEvent(view, event, options.now());
      presentation.sink.event(event, view);
    },
    view: () => view,
    async result(document, text) {
      presentation.sink.stop();
      presentation.result(document, text);
      await flush();
    },
    async update(document, text) {
      presentation.sink.stop();
      presentation.update(document, text);
      await flush();
      return out.isRead();
    },
    async error(error) {
      presentation.sink.stop();
      presentation.error(error);
      await flush();
    },
    stop: () => presentation.sink.stop(),
    async finish() {
      presentation.sink.stop();
      await flush();
    },
  };
}

function createPresentation(options: OutputOptions, out: Output, err: Output): Presentation {
  const { color, verbose, now } = options;
  const writeError = (error: unknown): void => err.write(formatError(error, { color, verbose }));
  if (options.format === "ndjson") {
    const sink = createNdjsonSink((text) => out.write(text), now);
    return {
      sink,
      result: (document) => sink.result(document),
      update: (document) => sink.update(document),
      error: (error) => sink.error(errorDocument(error)),
    };
  }
  const sink = createTextSink(options, err);
  const writeResult = (document: JsonObject, text: string): void =>
    out.write(options.format === "json" ? `${jsonText(document, 2)}\n` : endWithNewline(text));
  return { sink, result: writeResult, update: createUpdates(options, out), error: writeError };
}

function createTextSink(options: OutputOptions, err: Output): EventSink {
  const palette = createPalette(options.color);
  const write = (text: string): void => err.write(text);
  if (options.format === "json" && !options.verbose) return createNoticeSink(palette, write);
  if (options.format === "text" && options.interactive) return createInteractiveSink({ ...options, write });
  return createLineSink({ palette, write, now: options.now, verbose: options.verbose });
}

function endWithNewline(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
