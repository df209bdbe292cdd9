import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { describe, expect, test } from "vitest";
import { FlotillaError } from "../../src/model/errors.ts";
import type { RunOwner } from "../../src/model/observed.ts";
import { type FileLockOptions, withFileLock } from "../../src/runtime/file-lock.ts";
import { pathExists } from "../../src/runtime/files.ts";
import { thisProcess } from "../../src/runtime/process-identity.ts";
import { useTempFolder } from "../support/temp-folder.ts";
import { until } from "../support/until.ts";

const folder = useTempFolder();
const patient = (): FileLockOptions => ({ signal: AbortSignal.timeout(15_000) });
const files = (): Promise<string[]> => readdir(folder.path);
let token = 0;

/** An owner that has the name of this host and the number of a process that is over. */
async function deadOwner(): Promise<RunOwner> {
  const child = spawn("true");
  await once(child, "close");
  const pid = child.pid ?? 0;
  token += 1;
  return { run: `${pid}-${String(token).padStart(12, "0")}`, host: hostname(), pid, processStarted: "boot/1" };
}

/** Work that notices when it does not have the lock to itself. */
function exclusiveWork(): { readonly work: () => Promise<void>; readonly done: () => number } {
  let inside = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    if (inside > 1) throw new Error("two at once");
    await new Promise((resolve) => setTimeout(resolve, 2));
    inside -= 1;
    done += 1;
  };
  return { work, done: () => done };
}

describe("one at a time", () => {
  test("gives what the work gives, and leaves no file", async () => {
    expect(await withFileLock(folder.join("deep", "x.lock"), async () => "result", patient())).toBe("result");
    expect(await readdir(folder.join("deep"))).toEqual([]);
  });

  test("is free again after work that throws", async () => {
    const failing = withFileLock(folder.join("x.lock"), () => Promise.reject(new Error("work")), patient());
    await expect(failing).rejects.toThrow("work");
    expect(await files()).toEqual([]);
    expect(await withFileLock(folder.join("x.lock"), async () => 1, patient())).toBe(1);
  });

  test("within a process", async () => {
    const { work, done } = exclusiveWork();
    await Promise.all(Array.from({ length: 8 }, () => withFileLock(folder.join("x.lock"), work, patient())));
    expect(done()).toBe(8);
    expect(await files()).toEqual([]);
  });

  test("different locks do not wait for each other", async () => {
    await withFileLock(folder.join("a.lock"), () => withFileLock(folder.join("b.lock"), async () => {}, patient()), {
      signal: AbortSignal.timeout(5_000),
    });
  });
});

describe("waiting", () => {
  /** Keeps the lock until released. */
  async function hold(path: string): Promise<() => Promise<void>> {
    let release = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const holding = withFileLock(path, () => released, patient());
    await until(() => pathExists(path), 5_000);
    return async () => {
      release();
      await holding;
    };
  }

  test("is told once, with who has it, however long it takes", async () => {
    const path = folder.join("x.lock");
    const release = await hold(path);
    const told: string[] = [];
    const waiting = withFileLock(path, async () => "after", { ...patient(), onWait: (owner) => told.push(owner) });
    await until(() => told.length > 0, 5_000);
    await new Promise((resolve) => setTimeout(resolve, 200)); // several looks
    await release();
    expect(await waiting).toBe("after");
    expect(told).toEqual([`process ${process.pid} on ${hostname()}`]);
  });

  test("is not told when the lock is free", async () => {
    const told: string[] = [];
    await withFileLock(folder.join("x.lock"), async () => {}, { ...patient(), onWait: (owner) => told.push(owner) });
    expect(told).toEqual([]);
  });

  test("ends at an abort, with its reason, and leaves the lock to its owner", async () => {
    const path = folder.join("x.lock");
    const release = await hold(path);
    const controller = new AbortController();
    const deadline = new FlotillaError("timeout", "Too late.");
    const waiting = withFileLock(path, () => Promise.reject(new Error("ran")), {
      signal: controller.signal,
      onWait: () => controller.abort(deadline),
    });
    await expect(waiting).rejects.toBe(deadline);
    expect(await files()).toEqual(["x.lock"]);
    await release();
  });

  test("goes on for an owner on another host, which nobody here can judge", async () => {
    const path = folder.join("x.lock");
    await writeFile(path, JSON.stringify({ ...(await deadOwner()), host: "elsewhere.example" }));
    const controller = new AbortController();
    const told: string[] = [];
    const waiting = withFileLock(path, () => Promise.reject(new Error("ran")), {
      signal: controller.signal,
      onWait: (owner) => {
        told.push(owner);
        setTimeout(() => controller.abort(), 150);
      },
    });
    await expect(waiting).rejects.toMatchObject({ code: "interrupted" });
    expect(told).toEqual([expect.stringContaining("elsewhere.example")]);
    expect(await pathExists(path)).toBe(true);
  });
});

describe("a dead owner's lock", () => {
  test("is taken over by one at a time, whatever the order of things", async () => {
    const rounds = Array.from({ length: 20 }, async (_, round) => {
      const path = folder.join(`${round}.lock`);
      await writeFile(path, JSON.stringify(await deadOwner()));
      const { work, done } = exclusiveWork();
      await Promise.all(Array.from({ length: 4 }, () => withFileLock(path, work, patient())));
      return done();
    });
    expect(await Promise.all(rounds)).toEqual(rounds.map(() => 4));
    expect(await files()).toEqual([]);
  });

  test("is taken over when its number belongs to another process by now", async () => {
    const path = folder.join("x.lock");
    await writeFile(path, JSON.stringify({ ...(await deadOwner()), pid: process.pid }));
    expect(await withFileLock(path, async () => "taken", patient())).toBe("taken");
  });

  test.for(["", "{", "null", '{"run":"../../x"}'])("is taken over when its file is damaged: %j", async (text) => {
    const path = folder.join("x.lock");
    await writeFile(path, text);
    expect(await withFileLock(path, async () => "taken", patient())).toBe("taken");
    expect(await files()).toEqual([]);
  });

  test("is taken over though others died while they took it over", async () => {
    const path = folder.join("x.lock");
    const [owner, first, second] = [await deadOwner(), await deadOwner(), await deadOwner()];
    await writeFile(path, JSON.stringify(owner));
    await writeFile(`${path}.${owner.run}.claim`, JSON.stringify(first));
    await writeFile(`${path}.${owner.run}.claim.${first.run}.claim`, JSON.stringify(second));
    const { work, done } = exclusiveWork();
    await Promise.all(Array.from({ length: 4 }, () => withFileLock(path, work, patient())));
    expect(done()).toBe(4);
    expect(await files()).toEqual([]);
  });
});

describe("files beside the lock", () => {
  test("of dead processes go with the next owner, others stay", async () => {
    const path = folder.join("x.lock");
    const [dead, live] = [await deadOwner(), await thisProcess(`${process.pid}-00000000abcd`)];
    await writeFile(`${path}.${dead.run}`, JSON.stringify(dead));
    await writeFile(`${path}.${live.run}`, JSON.stringify(live));
    await writeFile(`${path}.notes`, JSON.stringify(dead));
    await writeFile(folder.join(`y.lock.${dead.run}`), JSON.stringify(dead));
    await withFileLock(path, async () => {}, patient());
    expect((await files()).toSorted()).toEqual([`x.lock.${live.run}`, "x.lock.notes", `y.lock.${dead.run}`].toSorted());
  });
});
