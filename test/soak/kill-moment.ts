import { setTimeout as delay } from "node:timers/promises";
import type { RunningCommand } from "../support/flotilla.ts";

/** A line of `-o ndjson`, as far as it is read here. */
interface Line {
  readonly type: string;
  readonly step?: string;
  readonly steps?: readonly Step[];
}

interface Step {
  readonly id: string;
  readonly action: string;
}

/**
 * Kills a command that prints `-o ndjson` at a moment that chance decides: before its run, at its beginning, or at the
 * beginning, in the middle or at the end of one of the run's steps that change a release.
 * @returns the moment, for people; null when the command ended by itself before it came
 */
export async function killSomewhere(running: RunningCommand, random: () => number): Promise<string | null> {
  const [phase, place, laterMs] = [random(), random(), Math.round(random() * 700)];
  const { event, steps } = follow(running);
  const ended = running.done.then(() => null);
  const moment = async (): Promise<string | null> => {
    if (phase < 0.1) return delay(laterMs, `${laterMs} ms after its start`);
    const changing = await Promise.race([steps, ended]);
    if (changing === null) return null;
    if (phase < 0.15 || changing.length === 0) return delay(laterMs, `${laterMs} ms after the run began`);
    const { id, action } = changing[Math.floor(place * changing.length)] as Step;
    // Helm's end of an uninstall is not told.
    const type = phase < 0.6 || action === "uninstall" ? "step-started" : "release-applied";
    const finished = event("step-finished", id).then(() => `when ${id} was done`);
    if (phase >= 0.8) return Promise.race([finished, ended]);
    const later = event(type, id).then(() => delay(laterMs, `${laterMs} ms after ${type} of ${id}`));
    return Promise.race([later, finished, ended]);
  };
  const name = await moment();
  running.child.kill("SIGKILL");
  const { code } = await running.done;
  return code === null ? name : null;
}

/** What a command tells: the steps that change something, and each event of a step. */
function follow({ child }: RunningCommand): {
  readonly steps: Promise<readonly Step[]>;
  readonly event: (type: string, step: string) => Promise<void>;
} {
  const told = new Set<string>();
  const waiting = new Map<string, () => void>();
  let begin: (steps: readonly Step[]) => void;
  const steps = new Promise<readonly Step[]>((resolve) => (begin = resolve));
  let rest = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines.map((each) => JSON.parse(each) as Line)) {
      if (line.steps) begin(line.steps.filter(({ id, action }) => id.startsWith("release/") && action !== "unchanged"));
      const key = `${line.type} ${line.step}`;
      told.add(key);
      waiting.get(key)?.();
    }
  });
  const event = (type: string, step: string): Promise<void> =>
    new Promise((resolve) => {
      const key = `${type} ${step}`;
      if (told.has(key)) resolve();
      else waiting.set(key, resolve);
    });
  return { steps, event };
}
