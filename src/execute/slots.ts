import { abortError, type Deadline } from "../runtime/abort.ts";

/** A bounded number of places for work that costs the machine something: helm processes. */
export interface Slots {
  /** Does the work once a place is free, in the order of asking; throws what the work throws, or the signal's reason. */
  readonly use: <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;
}

/** Makes `count` places. */
export function createSlots(count: number): Slots {
  let free = count;
  const queue: (() => void)[] = [];

  function enter(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(abortError(signal));
    if (free > 0) {
      free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const admitted = (): void => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = (): void => {
        queue.splice(queue.indexOf(admitted), 1);
        reject(abortError(signal));
      };
      queue.push(admitted);
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  function exit(): void {
    const next = queue.shift();
    if (next) next();
    else free += 1;
  }

  return {
    async use(work, signal) {
      await enter(signal);
      try {
        return await work();
      } finally {
        exit();
      }
    },
  };
}

/** The same places for somebody whose clock stands still while they queue: others' work is not their delay. */
export function pausedWhileQueueing(slots: Slots, { pause }: Pick<Deadline, "pause">): Slots {
  return {
    async use(work, signal) {
      const goOn = pause();
      const admitted = (): ReturnType<typeof work> => {
        goOn();
        return work();
      };
      return slots.use(admitted, signal).finally(goOn);
    },
  };
}
