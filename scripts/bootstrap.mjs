// Makes a clone ready to run: npm packages and the bundle. Only Node's own modules: nothing else is there yet.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const MINIMUM_NODE = [20, 19];
const STAMP = join(root, "node_modules", ".flotilla-packages");

/** Installs npm packages when package-lock.json has changed, and bundles when a source is newer than the bundle. */
export async function bootstrap() {
  refuseOldNode();
  if (packagesAreCurrent() && bundleIsCurrent()) return;
  const release = await takeLock();
  try {
    await setUp();
  } finally {
    release();
  }
}

async function setUp() {
  if (!packagesAreCurrent()) {
    await step("Installing npm packages", "npm", [
      "ci",
      "--include=dev",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
    ]);
    writeFileSync(STAMP, packagesDigest());
  }
  if (!bundleIsCurrent()) await step("Building flotilla", process.execPath, [join(root, "scripts", "build.mjs")]);
}

function refuseOldNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1])) return;
  console.error(
    `flotilla needs Node ${MINIMUM_NODE.join(".")} or newer; this is ${process.versions.node} (https://nodejs.org).`,
  );
  process.exit(4);
}

/** Waits for another bootstrap of this clone; one that has died leaves a lock that is taken over. */
async function takeLock() {
  const lock = join(root, "dist", "bootstrap.lock");
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
    if (!told) console.error("Another flotilla is setting this clone up: waiting for it …");
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

function packagesDigest() {
  return createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
}

function packagesAreCurrent() {
  return existsSync(STAMP) && readFileSync(STAMP, "utf8") === packagesDigest();
}

function bundleIsCurrent() {
  const bundle = join(root, "dist", "cli", "entry.js");
  if (!existsSync(bundle)) return false;
  const builtAt = statSync(bundle).mtimeMs;
  const sources = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true });
  const files = sources.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return [...files, join(root, "scripts", "build.mjs"), join(root, "package-lock.json")].every(
    (file) => statSync(file).mtimeMs <= builtAt,
  );
}

/** Runs one step of the set-up; its output is shown only when it fails. */
async function step(title, command, args) {
  const startedAt = Date.now();
  const seconds = () => `${((Date.now() - startedAt) / 1000).toFixed(1)}s`;
  console.error(`${title} …`);
  const alive = setInterval(() => console.error(`${title} … ${seconds()}`), 10_000);
  const output = [];
  const code = await new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.on("data", (chunk) => output.push(chunk));
    child.stderr.on("data", (chunk) => output.push(chunk));
    child.on("error", (error) => resolve(String(error)));
    child.on("close", resolve);
  });
  clearInterval(alive);
  if (code === 0) {
    console.error(`${title}: done in ${seconds()}`);
    return;
  }
  console.error(`${Buffer.concat(output).toString()}\n${title} failed (${code}): ${command} ${args.join(" ")}`);
  process.exit(1);
}
