// Locks between scripts: folders that hold the pid of who has them. Only Node's own modules.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/**
 * Waits for a lock; one whose owner has died is taken over. It is given back when the process ends, too.
 * @param lock path of a folder that nothing else uses
 * @param waiting said once when somebody else has it
 * @returns gives it back
 */
export async function takeLock(lock, waiting) {
  const own = `${lock}.${process.pid}`;
  rmSync(own, { recursive: true, force: true });
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, "pid"), String(process.pid));
  let told = false;
  // A folder that holds something cannot be renamed over: whoever comes first has it, with the pid in it.
  while (!tryRename(own, lock)) {
    const owner = lockOwner(lock);
    if (owner !== null && !isRunning(owner)) {
      const stale = `${own}.stale`;
      if (tryRename(lock, stale)) rmSync(stale, { recursive: true, force: true });
      continue;
    }
    if (!told) console.error(waiting);
    told = true;
    await pause(200);
  }
  const release = () => rmSync(lock, { recursive: true, force: true });
  process.once("exit", release);
  return () => {
    process.off("exit", release);
    release();
  };
}

function tryRename(from, to) {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (["ENOTEMPTY", "EEXIST", "ENOENT", "EPERM"].includes(error.code)) return false;
    throw error;
  }
}

/** Null while it changes hands. */
function lockOwner(lock) {
  try {
    return Number(readFileSync(join(lock, "pid"), "utf8"));
  } catch {
    return null;
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
