// One step of a set-up: a command with signs of life. Only Node's own modules.
import { spawn } from "node:child_process";

/** How often a step that goes on says so, in milliseconds. */
const SAY_EVERY = 10_000;

/**
 * Runs a command to its end; its output is shown only when it fails, and then the process ends with 1.
 * @param options `cwd`, `env` (added to our own); `group: true` for a command with children of its own: they end with us
 */
export async function runStep(title, command, args, { cwd, env = {}, group = false } = {}) {
  const startedAt = Date.now();
  const seconds = () => `${((Date.now() - startedAt) / 1000).toFixed(1)}s`;
  console.error(`${title} …`);
  const alive = setInterval(() => console.error(`${title} … ${seconds()}`), SAY_EVERY);
  const output = [];
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: group,
  });
  const endGroup = () => process.kill(-child.pid, "SIGKILL");
  if (group && child.pid !== undefined) process.once("exit", endGroup);
  const code = await new Promise((resolve) => {
    child.stdout.on("data", (chunk) => output.push(chunk));
    child.stderr.on("data", (chunk) => output.push(chunk));
    child.on("error", (error) => resolve(String(error)));
    child.on("close", (status, signal) => resolve(status ?? signal));
  });
  process.off("exit", endGroup);
  clearInterval(alive);
  if (code === 0) {
    console.error(`${title}: done in ${seconds()}`);
    return;
  }
  console.error(`${Buffer.concat(output).toString()}\n${title} failed (${code}): ${command} ${args.join(" ")}`);
  process.exit(1);
}
