import { createInterface } from "node:readline";

/** Questions to a person. */
export interface Prompt {
  /** Resolves to the line that is typed; null after Ctrl-C or Ctrl-D, or when the signal aborts. */
  ask(question: string): Promise<string | null>;
  /** Gives the terminal back. */
  close(): void;
}

/** Asks on standard error, reads from standard input. One for all questions: what is typed or pasted ahead stays. */
export function openPrompt(signal: AbortSignal): Prompt {
  const terminal = createInterface({ input: process.stdin, output: process.stderr, terminal: true, historySize: 0 });
  const ahead: string[] = [];
  let waiting: ((line: string | null) => void) | null = null;
  let closed = false;
  const take = (line: string | null): void => {
    const resolve = waiting;
    waiting = null;
    if (resolve !== null) resolve(line);
    else if (line !== null) ahead.push(line);
  };
  const close = (): void => terminal.close();
  terminal.on("line", take);
  terminal.on("close", () => {
    closed = true;
    signal.removeEventListener("abort", close);
    // The cursor stands behind the question.
    if (waiting !== null) process.stderr.write("\n");
    take(null);
  });
  if (signal.aborted) close();
  else signal.addEventListener("abort", close, { once: true });
  return {
    async ask(question) {
      const early = ahead.shift();
      if (early !== undefined) return early;
      if (closed) return null;
      const lines = question.split("\n");
      const last = lines.pop() ?? "";
      // Readline redraws its prompt at each key: what stands above is written once.
      if (lines.length > 0) process.stderr.write(`${lines.join("\n")}\n`);
      terminal.setPrompt(last);
      terminal.prompt();
      return await new Promise((resolve) => (waiting = resolve));
    },
    close,
  };
}
