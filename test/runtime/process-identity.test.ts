import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile } from "node:fs/promises";
import { hostname } from "node:os";
import { describe, expect, test } from "vitest";
import { isAlive, processStarted, thisProcess } from "../../src/runtime/process-identity.ts";
import { runProcess } from "../../src/runtime/process.ts";
import { useTempFolder } from "../support/temp-folder.ts";
import { until } from "../support/until.ts";

const folder = useTempFolder();

describe("when a process started", () => {
  test("is the same at each look, and another one for another process", async () => {
    const own = await processStarted(process.pid);
    expect(own).toMatch(/./);
    expect(await processStarted(process.pid)).toBe(own);
    const child = spawn("sleep", ["300"]);
    try {
      expect(await processStarted(child.pid ?? 0)).not.toBe(own);
      expect(await processStarted(child.pid ?? 0)).not.toBeNull();
    } finally {
      child.kill("SIGKILL");
    }
  });

  test("is unknown for a process that has ended", async () => {
    const child = spawn("true");
    await once(child, "close");
    expect(await processStarted(child.pid ?? 0)).toBeNull();
  });

  test("is unknown for a zombie: nobody has taken note of its end yet", async () => {
    // The shell becomes a program that knows nothing of the child it inherits.
    const parent = spawn("/bin/sh", ["-c", "(exit 0) & echo $!; exec sleep 300"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      const [output] = (await once(parent.stdout, "data")) as [Buffer];
      const pid = Number(String(output));
      expect(await until(async () => (await processStarted(pid)) === null, 5_000)).toBe(true);
    } finally {
      parent.kill("SIGKILL");
    }
  });

  test("does not depend on the program's name", async () => {
    const odd = folder.join(") S 1 (");
    const { stdout } = await runProcess("/bin/sh", ["-c", "command -v sleep"]);
    await copyFile(stdout.trim(), odd);
    const child = spawn(odd, ["300"]);
    try {
      await once(child, "spawn");
      const started = await processStarted(child.pid ?? 0);
      expect(started).not.toBeNull();
      expect(started).toBe(await processStarted(child.pid ?? 0));
      expect(started?.split("/")[0]).toBe((await processStarted(process.pid))?.split("/")[0]);
    } finally {
      child.kill("SIGKILL");
    }
  });
});

describe("an owner", () => {
  test("that is this process lives", async () => {
    const owner = await thisProcess("run-1");
    expect(owner).toMatchObject({ run: "run-1", pid: process.pid, host: hostname() });
    expect(await isAlive(owner)).toBe(true);
  });

  test("whose number another process has now is dead", async () => {
    expect(await isAlive({ ...(await thisProcess("run-1")), processStarted: "earlier" })).toBe(false);
  });

  test.runIf(process.platform === "linux")("in another container of our host's name may live", async () => {
    const own = await thisProcess("run-1");
    const [, boot, tick] = own.processStarted.split("/");
    const contained = { ...own, processStarted: `pid:[1]/${boot}/${tick}` };
    expect(await isAlive(contained)).toBe("elsewhere");
    expect(await isAlive(contained, "cluster")).toBe("elsewhere");
  });

  test.runIf(process.platform === "linux")(
    "of another boot is dead by a file here, and may live elsewhere",
    async () => {
      const own = await thisProcess("run-1");
      const [namespace, , tick] = own.processStarted.split("/");
      const rebooted = { ...own, processStarted: `${namespace}/other/${tick}` };
      expect(await isAlive(rebooted)).toBe(false);
      expect(await isAlive(rebooted, "cluster")).toBe("elsewhere");
    },
  );

  test("on another host may live", async () => {
    expect(await isAlive({ ...(await thisProcess("run-1")), host: "elsewhere.example" })).toBe("elsewhere");
  });
});
