import type { RunContext } from "../model/context.ts";
import { formatDuration } from "../model/durations.ts";

/** Between two progress events of a task, in milliseconds: often enough to look alive, seldom enough for a log. */
const PROGRESS_MS = 500;

/** Tells what a task is doing; what comes too quickly after the last is left out. */
export type TellProgress = (detail: string) => void;

/**
 * Runs a long piece of work as a task that the user sees: start, progress with the elapsed time, end.
 * @throws whatever the work throws, after a `failed` event with its message
 */
export async function asTask<T>(
  context: RunContext,
  task: string,
  title: string,
  work: (tell: TellProgress) => Promise<T>,
): Promise<T> {
  const startedAt = performance.now();
  const elapsed = (): number => performance.now() - startedAt;
  const finish = (outcome: "done" | "failed", detail: string): void => {
    context.emit({ type: "task-finished", task, outcome, detail, durationMs: Math.round(elapsed()) });
  };
  let detail = "";
  let toldAt = -Infinity;
  const tell = (): void => {
    toldAt = elapsed();
    context.emit({ type: "task-progress", task, detail: `${formatDuration(toldAt)}: ${detail}` });
  };
  context.emit({ type: "task-started", task, title });
  // A linker says nothing for half a minute: the elapsed time still moves.
  const heartbeat = setInterval(() => {
    if (detail !== "" && elapsed() - toldAt >= 10 * PROGRESS_MS) tell();
  }, PROGRESS_MS);
  try {
    const result = await work((text) => {
      detail = text;
      if (elapsed() - toldAt >= PROGRESS_MS) tell();
    });
    finish("done", "");
    return result;
  } catch (error) {
    finish("failed", error instanceof Error ? error.message : String(error));
    throw error;
  } finally {
    clearInterval(heartbeat);
  }
}
