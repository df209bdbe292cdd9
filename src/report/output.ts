import type { Writable } from "node:stream";
import { FlotillaError } from "../model/errors.ts";

/** A stream that may go away. */
export interface Output {
  /** Writes text, or nothing when the reader has gone. */
  write(text: string): void;
  /**
   * Resolves when all that was written has been handed over, or when the reader has gone.
   * @throws FlotillaError `internal` when writing failed for another reason, such as a full disk; `write-failed` for a file
   */
  flush(): Promise<void>;
  /** False when the reader has gone; sure after a flush. */
  isRead(): boolean;
}

/** Where an output leads, for errors. */
export interface Destination {
  /** Such as `standard output`, or a file's path. */
  readonly name: string;
  /** True for a file that somebody has named; false for the streams of the process. */
  readonly isFile: boolean;
}

/** Wraps a stream so that a reader who leaves early (`| head`) ends the output quietly. */
export function createOutput(stream: Writable, { name, isFile }: Destination): Output {
  let gone = false;
  let failure: Error | null = null;
  stream.on("error", (error) => {
    gone = true;
    failure ??= faultOf(error);
  });

  async function flush(): Promise<void> {
    if (!gone && !stream.destroyed) {
      // The callback also comes when writing fails.
      await new Promise<void>((resolve) => stream.write("", () => resolve()));
    }
    // The event that tells of a fault comes a moment after the callback.
    failure ??= faultOf(stream.errored);
    if (failure === null) return;
    throw new FlotillaError(isFile ? "write-failed" : "internal", `Cannot write to ${name}: ${failure.message}.`, {
      hint: isFile
        ? "Make room on that disk, or name another file. The command itself has gone on without it."
        : "What was to be written there is lost. Let it lead to where there is room, and run the command again.",
      cause: failure,
    });
  }

  return {
    write(text) {
      if (!gone && !stream.destroyed && text !== "") stream.write(text);
    },
    flush,
    isRead: () => !gone && !stream.destroyed && stream.errored === null,
  };
}

/** Null for a reader who has gone. */
function faultOf(error: NodeJS.ErrnoException | null): Error | null {
  return error?.code === "EPIPE" || error?.code === "ERR_STREAM_DESTROYED" ? null : error;
}
