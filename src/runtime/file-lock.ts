import { randomBytes } from "node:crypto";
import { link, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { asObject } from "../model/json.ts";
import type { RunOwner } from "../model/observed.ts";
import { pause, throwIfAborted } from "./abort.ts";
import { isNotFound } from "./files.ts";
import { isAlive, thisProcess } from "./process-identity.ts";

/** How a lock is waited for. */
export interface FileLockOptions {
  readonly signal: AbortSignal;
  /** Called once when the lock is found taken, with who has it. */
  readonly onWait?: (owner: string) => void;
}

/** A taken lock is looked at this often, in milliseconds: nothing portable announces the end of another process. */
const POLL_MS = 50;

/** Who has a lock, as its file says; `damaged`: the file is there and says nothing. */
type Owner = RunOwner | "damaged";

/** An owner's name, unique to one taking of one lock: files beside the lock are called by it. */
const TOKEN = /^\d+-[0-9a-f]{12}$/;

/**
 * Does work that only one process (and one caller in it) may do at a time. The lock is a file that names its owner,
 * put in place by a hard link, which fails when there is one; a lock whose owner is dead is taken over.
 * @throws FlotillaError `interrupted` or the signal's reason while waiting; whatever the work throws
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>, options: FileLockOptions): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const self = await thisProcess(`${process.pid}-${randomBytes(6).toString("hex")}`);
  await acquire(path, self, options);
  try {
    await removeLeftovers(path);
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function acquire(path: string, self: RunOwner, options: FileLockOptions): Promise<void> {
  for (let told = false; ;) {
    throwIfAborted(options.signal);
    const owner = await readOwner(path);
    if (owner === null) {
      if (await take(path, self)) return;
    } else if (await isDead(owner)) {
      if (!(await removeDead(path, owner, self))) await pause(POLL_MS, options.signal);
    } else {
      if (!told && owner !== "damaged") options.onWait?.(`process ${owner.pid} on ${owner.host}`);
      told = true;
      await pause(POLL_MS, options.signal);
    }
  }
}

/** Puts a lock in place, whole; false when there is one. */
async function take(path: string, self: RunOwner): Promise<boolean> {
  const draft = `${path}.${self.run}`;
  await writeFile(draft, JSON.stringify(self));
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Null: there is no lock. The file is whole as soon as it is there, so one that says nothing is damaged. */
async function readOwner(path: string): Promise<Owner | null> {
  try {
    const { run, host, pid, processStarted } = asObject(JSON.parse(await readFile(path, "utf8")));
    const whole =
      typeof run === "string" &&
      TOKEN.test(run) &&
      typeof host === "string" &&
      typeof pid === "number" &&
      typeof processStarted === "string";
    return whole ? { run, host, pid, processStarted } : "damaged";
  } catch (error) {
    if (isNotFound(error)) return null;
    if (error instanceof SyntaxError) return "damaged";
    throw error;
  }
}

async function isDead(owner: Owner): Promise<boolean> {
  return owner === "damaged" || (await isAlive(owner)) === false;
}

/**
 * Removes the lock of a dead owner; false when somebody else is at it. Several may find it dead, and one that comes
 * late must not remove its successor: only who holds the claim on that very owner, a lock itself, may remove the file,
 * so that it cannot change between the look and the removal.
 */
async function removeDead(path: string, dead: Owner, self: RunOwner): Promise<boolean> {
  const claim = `${path}.${nameOf(dead)}.claim`;
  if (!(await take(claim, self))) {
    const claimer = await readOwner(claim);
    if (claimer !== null && (await isDead(claimer))) await removeDead(claim, claimer, self);
    return false;
  }
  try {
    const found = await readOwner(path);
    if (found !== null && nameOf(found) === nameOf(dead)) await rm(path, { force: true });
    return true;
  } finally {
    await rm(claim, { force: true });
  }
}

function nameOf(owner: Owner): string {
  return owner === "damaged" ? owner : owner.run;
}

/** Removes drafts and claims of processes that died over them. Only for who holds the lock: no claim counts then. */
async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path);
  const prefix = `${basename(path)}.`;
  for (const name of await readdir(folder)) {
    const [token = ""] = name.startsWith(prefix) ? name.slice(prefix.length).split(".") : [];
    if (!TOKEN.test(token) && token !== "damaged") continue;
    const owner = await readOwner(join(folder, name));
    // A damaged one may just be in the making.
    if (owner !== null && owner !== "damaged" && (await isDead(owner))) await rm(join(folder, name), { force: true });
  }
}
