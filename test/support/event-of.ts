import type { RunningCommand } from "./flotilla.ts";

/** A line of `-o ndjson`, as far as tests look at it. */
export interface ToldEvent {
  readonly type: string;
  readonly step?: string;
  readonly release?: string;
  readonly message?: string;
}

/** Resolves when a command that prints `-o ndjson` has told of an event; rejects when it ends before. */
export function eventOf({ child, done }: RunningCommand, matches: (event: ToldEvent) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let rest = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split("\n");
      rest = lines.pop() ?? "";
      if (lines.some((line) => matches(JSON.parse(line)))) resolve();
    });
    void done.then(({ code, stderr }) => reject(new Error(`ended with ${code} before the moment came: ${stderr}`)));
  });
}
