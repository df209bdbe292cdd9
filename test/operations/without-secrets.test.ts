import { expect, test } from "vitest";
import type { RunContext } from "../../src/model/context.ts";
import { FlotillaError } from "../../src/model/errors.ts";
import type { RunEvent } from "../../src/model/events.ts";
import { showingNoSecrets, withoutSecrets, yieldingNoSecrets } from "../../src/operations/without-secrets.ts";
import { secrets } from "../../src/runtime/redact.ts";

const { signal } = new AbortController();

function notice(message: string): RunEvent {
  return { type: "notice", level: "info", message, hint: null };
}

test("events of an operation are masked; its own result is the caller's", async () => {
  const events: RunEvent[] = [];
  const operation = withoutSecrets((password: string, context: RunContext) => {
    secrets.add(password);
    context.emit(notice(`it is ${password}`));
    return Promise.resolve({ password });
  });
  const context: RunContext = { signal, emit: (event) => void events.push(event) };
  expect(await operation("event-secret", context)).toEqual({ password: "event-secret" });
  expect(events).toEqual([notice("it is ***")]);
});

test("a result that is there to be shown is masked too", async () => {
  const operation = showingNoSecrets((password: string, _context: RunContext) => {
    secrets.add(password);
    return Promise.resolve({ evidence: [`it is ${password}`] });
  });
  expect(await operation("result-secret", { signal, emit: () => {} })).toEqual({ evidence: ["it is ***"] });
});

test("results that come one after the other are masked, and the error that ends them", async () => {
  const operation = yieldingNoSecrets(async function* (password: string, _context: RunContext) {
    secrets.add(password);
    yield await Promise.resolve(`first ${password}`);
    throw new Error(`then ${password}`);
  });
  const shown: string[] = [];
  const reading = async (): Promise<void> => {
    for await (const text of operation("yielded-secret", { signal, emit: () => {} })) shown.push(text);
  };
  await expect(reading()).rejects.toThrow("then ***");
  expect(shown).toEqual(["first ***"]);
});

test("an error is masked and stays the one that was thrown", async () => {
  const operation = withoutSecrets((password: string, _context: RunContext) => {
    secrets.add(password);
    const cause = new Error(`inner ${password}`);
    return Promise.reject(new FlotillaError("helm-failed", `It is ${password}.`, { hint: password, cause }));
  });
  await expect(operation("error-secret", { signal, emit: () => {} })).rejects.toMatchObject({
    name: "FlotillaError",
    code: "helm-failed",
    message: "It is ***.",
    hint: "***",
    cause: { message: "inner ***" },
  });
});

test("one context is the same one in every operation, nested ones included: work is shared by it", async () => {
  const seen = new Set<RunContext>();
  const inner = withoutSecrets((context: RunContext) => Promise.resolve(seen.add(context)));
  const outer = withoutSecrets(async (context: RunContext) => {
    seen.add(context);
    await inner(context);
  });
  const context: RunContext = { signal, emit: () => {} };
  await outer(context);
  await inner(context);
  expect(seen.size).toBe(1);
});
