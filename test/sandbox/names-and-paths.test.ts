import { afterEach, expect, test, vi } from "vitest";
import { checkSandboxName, currentSandboxName, sandboxContextName } from "../../src/sandbox/sandbox-name.ts";
import { sandboxPaths } from "../../src/sandbox/sandbox-paths.ts";

afterEach(() => vi.unstubAllEnvs());

test("FLOTILLA_SANDBOX names the sandbox, and an empty one names none", () => {
  vi.stubEnv("FLOTILLA_SANDBOX", undefined);
  expect(currentSandboxName()).toBe("default");
  vi.stubEnv("FLOTILLA_SANDBOX", "");
  expect(currentSandboxName()).toBe("default");
  vi.stubEnv("FLOTILLA_SANDBOX", "second");
  expect(currentSandboxName()).toBe("second");
});

test("the default sandbox's context has no name behind it", () => {
  expect(sandboxContextName("default")).toBe("flotilla-sandbox");
  expect(sandboxContextName("second")).toBe("flotilla-sandbox-second");
});

test.each(["", "../other", "UPPER", "-a", "a-", "a/b", "a.b", "a".repeat(41)])("%j cannot name a sandbox", (name) => {
  expect(() => checkSandboxName(name)).toThrow(expect.objectContaining({ code: "usage" }));
  expect(() => sandboxPaths(name)).toThrow(expect.objectContaining({ code: "usage" }));
});

test("everything but the lock lies in the sandbox's own folder", () => {
  vi.stubEnv("FLOTILLA_STATE_DIR", "/state");
  const { name: _name, directory, lock, ...inside } = sandboxPaths("one");
  expect(directory).toBe("/state/sandboxes/one");
  for (const path of Object.values(inside)) expect(path.startsWith(`${directory}/`)).toBe(true);
  expect(lock.startsWith(`${directory}/`)).toBe(false);
});
