import type { RunContext } from "../model/context.ts";

const memories = new WeakMap<RunContext, Map<string, Promise<unknown>>>();

/**
 * Does some work once per run: releases of one repository share its index, releases of one chart share its download. Work
 * that failed is not remembered.
 * @param key - names the work; the same key must always stand for the same type
 */
export function oncePerRun<T>(context: RunContext, key: string, work: () => Promise<T>): Promise<T> {
  const memory = memories.get(context) ?? new Map<string, Promise<unknown>>();
  memories.set(context, memory);
  const known = memory.get(key);
  if (known !== undefined) {
    // The key stands for one type, by contract.
    return known as Promise<T>;
  }
  const started = work();
  memory.set(key, started);
  started.catch(() => memory.delete(key));
  return started;
}
