import { chmod, mkdir, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { FlotillaError } from "../../src/model/errors.ts";
import { processStarted } from "../../src/runtime/process-identity.ts";
import { type ProcessOptions, runProcess } from "../../src/runtime/process.ts";
import { useTempFolder } from "../support/temp-folder.ts";
import { until } from "../support/until.ts";

const folder = useTempFolder();
const shell = (script: string, options: ProcessOptions = {}) => runProcess("/bin/sh", ["-c", script], options);
const isGone = async (pid: number): Promise<boolean> => (await processStarted(pid)) === null;

describe("a program that ends by itself", () => {
  test("gives its output, its errors and its exit code", async () => {
    const result = await shell("echo out; echo error >&2; exit 3");
    expect(result).toMatchObject({ exitCode: 3, stdout: "out\n", stderr: "error\n" });
    expect(result.durationMs).toBeGreaterThan(0);
  });

  test("has no exit code when a signal ended it", async () => {
    expect(await shell("echo before; kill -9 $$")).toMatchObject({ exitCode: null, stdout: "before\n" });
  });

  test("gets its arguments as they are, no shell between", async () => {
    const args = ["$HOME", "a  b", "*", "-n", "'", "", "a\nb"];
    const { stdout } = await runProcess(process.execPath, [
      "-p",
      "JSON.stringify(process.argv.slice(1))",
      "--",
      ...args,
    ]);
    expect(JSON.parse(stdout)).toEqual(args);
  });

  test("reads the input to its end, and an empty one without", async () => {
    expect((await runProcess("cat", [], { input: "héllo\nworld" })).stdout).toBe("héllo\nworld");
    expect((await runProcess("cat", [])).stdout).toBe("");
  });

  test("runs in the given folder, with variables added and taken away", async () => {
    await mkdir(folder.join("here"));
    const options = { cwd: folder.join("here"), env: { FLOTILLA_TEST: "added", HOME: undefined } };
    const { stdout } = await shell('echo "$FLOTILLA_TEST ${HOME-none} ${PATH:+path}"; pwd -P', options);
    expect(stdout).toMatch(/^added none path\n.*\/here\n$/);
  });

  test("keeps 20 MB of output whole", async () => {
    const { stdout, exitCode } = await shell("head -c 20971520 /dev/zero");
    expect([stdout.length, exitCode]).toEqual([20 * 1024 * 1024, 0]);
  });

  test("may end without reading an input bigger than the pipe", async () => {
    expect((await shell("exit 7", { input: "x".repeat(4 * 1024 * 1024) })).exitCode).toBe(7);
    expect((await shell("head -c 1", { input: "x".repeat(4 * 1024 * 1024) })).stdout).toBe("x");
  });

  test("inherits no descriptor of the guard", async () => {
    expect((await shell("if (: <&3) 2>/dev/null; then echo open; else echo closed; fi")).stdout).toBe("closed\n");
  });

  test("takes what it left running with it", async () => {
    // The second one keeps the output open: we must not wait for it either.
    const { stdout } = await shell("sleep 300 >/dev/null 2>&1 & echo $!; sleep 300 & echo $!; exit 0");
    const pids = stdout.trim().split("\n").map(Number);
    expect(pids).toHaveLength(2);
    for (const pid of pids) expect(await until(() => isGone(pid), 5_000)).toBe(true);
  });
});

describe("lines", () => {
  test("come while the program runs, from both streams", async () => {
    const seen: string[] = [];
    const goOn = folder.join("go-on");
    // The program waits for what we do on its first line: with lines only at the end it would not end.
    await shell(`echo one; while [ ! -e ${goOn} ]; do sleep 0.02; done; echo two >&2; printf 'thrée\\r\\nfour'`, {
      signal: AbortSignal.timeout(10_000),
      onStdoutLine: (line) => {
        seen.push(line);
        if (line === "one") void writeFile(goOn, "");
      },
      onStderrLine: (line) => seen.push(`error ${line}`),
    });
    expect(seen.toSorted()).toEqual(["error two", "four", "one", "thrée"]);
  });

  test("are all there when there are many", async () => {
    let count = 0;
    const { stdout } = await runProcess("seq", ["100000"], { onStdoutLine: () => (count += 1) });
    expect(count).toBe(100_000);
    expect(stdout.endsWith("\n100000\n")).toBe(true);
  });

  test("whose reader throws end the program and the call with its error", async () => {
    let pid = 0;
    const running = shell("echo $$; exec sleep 300", {
      onStdoutLine: (line) => {
        pid = Number(line);
        throw new TypeError("reader");
      },
    });
    await expect(running).rejects.toThrow("reader");
    expect(await until(() => isGone(pid), 5_000)).toBe(true);
  });
});

describe("a program that cannot be started", () => {
  const startError = async (file: string, options: ProcessOptions = {}): Promise<unknown> =>
    runProcess(file, ["x"], options).catch((error: unknown) => error);

  test("is named, with what to do", async () => {
    const plain = folder.join("plain");
    await writeFile(plain, "#!/bin/sh\n");
    await chmod(plain, 0o644);
    for (const file of ["flotilla-no-such-program", folder.join("nothing"), plain, folder.path]) {
      const error = await startError(file);
      expect(error).toBeInstanceOf(FlotillaError);
      expect(error).toMatchObject({ code: "tool-missing", message: expect.stringContaining(file) });
    }
  });

  test("is told apart from one that exits with 127 itself", async () => {
    expect(await shell("exit 127")).toMatchObject({ exitCode: 127 });
    expect(await shell("flotilla-no-such-program")).toMatchObject({ exitCode: 127 });
  });

  test("because its folder does not exist", async () => {
    expect(await startError("/bin/sh", { cwd: folder.join("nothing") })).toMatchObject({ code: "tool-missing" });
  });
});

describe("abort", () => {
  /** Runs a script that prints its pid and `ready`, aborts at that, and gives how it ended. */
  async function abortWhenReady(script: string, graceMs: number, reason?: unknown) {
    const controller = new AbortController();
    let pid = 0;
    let readyAt = 0;
    const error: unknown = await shell(`echo $$; ${script}`, {
      signal: controller.signal,
      graceMs,
      onStdoutLine: (line) => {
        if (pid === 0) pid = Number(line);
        if (line !== "ready") return;
        readyAt = performance.now();
        controller.abort(reason);
      },
    }).catch((thrown: unknown) => thrown);
    return { error, tookMs: performance.now() - readyAt, gone: await until(() => isGone(pid), 5_000) };
  }

  test("asks politely first: the program can finish what it does", async () => {
    const note = folder.join("note");
    const script = `trap 'sleep 0.1; echo done > ${note}; exit 0' TERM; echo ready; while :; do sleep 0.02; done`;
    const { error, gone } = await abortWhenReady(script, 10_000);
    expect(error).toMatchObject({ code: "interrupted" });
    expect(gone).toBe(true);
    expect((await runProcess("cat", [note])).stdout).toBe("done\n");
  });

  test("ends one that does not listen, after its grace", async () => {
    const script = "trap '' TERM; echo ready; while :; do sleep 0.02; done";
    const { error, tookMs, gone } = await abortWhenReady(script, 300);
    expect(error).toMatchObject({ code: "interrupted" });
    expect(tookMs).toBeGreaterThanOrEqual(290);
    expect(gone).toBe(true);
  });

  test("ends what a polite program left behind, deaf to SIGTERM", async () => {
    const note = folder.join("pid");
    const deaf = `(trap '' TERM; exec sleep 300) >/dev/null 2>&1 & echo $! > ${note}; echo ready; wait`;
    await abortWhenReady(deaf, 60_000);
    const pid = Number((await runProcess("cat", [note])).stdout);
    expect(await until(() => isGone(pid), 5_000)).toBe(true);
  });

  test("is told as the deadline that it is", async () => {
    const deadline = new FlotillaError("timeout", "Too late.");
    expect((await abortWhenReady("echo ready; exec sleep 300", 10_000, deadline)).error).toBe(deadline);
  });

  test("before the start starts nothing", async () => {
    const running = shell(`touch ${folder.join("ran")}`, { signal: AbortSignal.abort() });
    await expect(running).rejects.toMatchObject({ code: "interrupted" });
    expect((await shell(`ls ${folder.path}`)).stdout).toBe("");
  });

  test("after the end does nothing", async () => {
    const controller = new AbortController();
    await shell("exit 0", { signal: controller.signal });
    controller.abort();
    expect((await shell("echo fine")).stdout).toBe("fine\n");
  });
});
