// Times whole commands from outside, as a user's clock would.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** Runs a command to its end: seconds of wall clock, and its own peak memory in MB (children not counted). */
export function time(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    const output = [];
    let peakMb = 0;
    const look = () => {
      try {
        const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"));
        if (found) peakMb = Math.max(peakMb, Number(found[1]) / 1024);
      } catch {
        // It has ended, or this is no Linux: the figure stays as it is.
      }
    };
    const looking = setInterval(look, 20);
    child.stdout.on("data", (chunk) => output.push(chunk));
    child.stderr.on("data", (chunk) => output.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(looking);
      const seconds = (performance.now() - startedAt) / 1000;
      if (code === 0) resolve({ seconds, peakMb });
      else reject(new Error(`${command} ${args.join(" ")} ended with ${code}:\n${Buffer.concat(output)}`));
    });
  });
}

/** Median, minimum and maximum of some figures. */
export function spread(values) {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted.at(-1) };
}

/** The value below which so many percent lie (nearest rank). */
export function percentile(values, share) {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)];
}

/** One line of a table: name, median, spread, and the ratio to a base where one is given. */
export function line(name, values, base = null, limit = null) {
  const { median, min, max } = spread(values);
  const ratio = base === null ? "" : `  ${(median / spread(base).median).toFixed(2)} ×`;
  const wanted = limit === null ? "" : `  (wanted ≤ ${limit})`;
  console.log(
    `  ${name.padEnd(34)} ${median.toFixed(2).padStart(7)} s  [${min.toFixed(2)} … ${max.toFixed(2)}]${ratio}${wanted}`,
  );
}
