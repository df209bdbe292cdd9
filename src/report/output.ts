import type { Writable } from "node:stream";
import { FlotillaError } from "../model/errors.ts";

/** A stream that may go away. */
export interface Output {
  /** Writes text, or nothing when the reader has gone. */
  write(text: string): void;
  /**
   * Resolves when all that was written has been handed over, or when the reader has gone.
   * @throws FlotillaError `internal` when writing failed for another reason, such as a full disk.
   */
  flush(): Promise<void>;
}

/** Wraps a stream so that a reader who leaves early (`| head`) ends the output quietly. `name` is used in errors. */
export function createOutput(stream: Writable, name: string): Output {
  let gone = false;
  let failure: Error | null = null;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    gone = true;
    if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") failure = error;
  });

  async function flush(): Promise<void> {
    if (!gone && !stream.destroyed) {
      // The callback also comes when writing fails.
      await new Promise<void>((resolve) => stream.write("", () => resolve()));
    }
    if (failure !== null) {
      throw new FlotillaError("internal", `Cannot write to ${name}: ${failure.message}.`, { cause: failure });
    }
  }

  return {
    write(text) {
      if (!gone && !stream.destroyed && text !== "") stream.write(text);
    },
    flush,
  };
}
