// Makes a clone ready to run: npm packages and the bundle. Only Node's own modules: nothing else is there yet.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { takeLock } from "./lock.mjs";
import { runStep } from "./step.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const MINIMUM_NODE = [20, 19];
const BUILD = join(root, "scripts", "build.mjs");
const LOCK = join(root, "dist", "bootstrap.lock");
const STAMP = join(root, "node_modules", ".flotilla-packages");

/** Installs npm packages when package-lock.json has changed, and bundles when a source is newer than the bundle. */
export async function bootstrap() {
  refuseOldNode();
  if (packagesAreCurrent() && bundleIsCurrent()) return;
  const release = await takeLock(LOCK, "Another flotilla is setting this clone up: waiting for it …");
  try {
    await setUp();
  } finally {
    release();
  }
}

/** Bundles when a source is newer than the bundle: once, however many ask at the same time. */
export async function bundle() {
  if (bundleIsCurrent()) return;
  const release = await takeLock(LOCK, "Another flotilla is building: waiting for it …");
  try {
    await buildWhenStale();
  } finally {
    release();
  }
}

async function buildWhenStale() {
  if (!bundleIsCurrent()) await runStep("Building flotilla", process.execPath, [BUILD], { cwd: root });
}

async function setUp() {
  if (!packagesAreCurrent()) {
    const quietly = ["--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
    await runStep("Installing npm packages", "npm", ["ci", ...quietly], { cwd: root });
    writeFileSync(STAMP, packagesDigest());
  }
  await buildWhenStale();
}

function refuseOldNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1])) return;
  console.error(
    `flotilla needs Node ${MINIMUM_NODE.join(".")} or newer; this is ${process.versions.node} (https://nodejs.org).`,
  );
  process.exit(4);
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
  return [...files, BUILD, join(root, "package-lock.json")].every((file) => statSync(file).mtimeMs <= builtAt);
}
