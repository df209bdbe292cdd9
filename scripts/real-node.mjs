// A one-node Kubernetes with a real kubelet, built and booted by the scripts of a `realnode` folder beside the clone.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { takeLock } from "./lock.mjs";
import { runStep } from "./step.mjs";

/** The versions that Istio's charts are packed as (`PACKED_VERSIONS` in src/sandbox/istio-packing.ts): tags of the images. */
export const ISTIO_TAGS = "1.30.5 1.31.1";

/** What the scripts build from. The others only boot what has been built. */
const BUILT_FROM = ["build.sh", "images.sh", "env.sh", "oci.py", "kube", "images"];

/** State of the running node: one machine has one. Containers do not like long or private paths. */
const STATE = join(tmpdir(), "flotilla-realnode");

/** Why the node cannot run here; null when it can. */
export function realNodeProblem(folder) {
  if (!existsSync(join(folder, "up.sh"))) return `there is no real node's folder at ${folder}`;
  if (process.platform !== "linux") return "the real node needs Linux";
  return process.getuid() === 0 ? null : "the real node needs root";
}

/**
 * Builds what is missing and boots the node anew; waits for another process that has one. It goes when this process
 * ends, also by Ctrl-C; one that a killed process left behind goes before the next.
 * @param folder with build.sh, images.sh, up.sh, down.sh
 * @param root of the clone
 * @returns paths of its kubeconfig and of the OCI layout that it pulls every image from
 */
export async function bootRealNode(folder, root) {
  endOnSignals();
  await takeLock(`${STATE}.lock`, "Another process has the real node: waiting for it …");
  const cache = join(cacheDirectory(), "realnode", digest(folder).slice(0, 16));
  const images = { ISTIO_TAGS, ...chartImages(root) };
  const env = { RN_DIR: STATE, RN_CACHE: cache, K8S_BIN: join(cache, "bin"), ...images };
  const run = (title, script, ...args) => runStep(title, join(folder, script), args, { env, group: true });
  await build(run, cache, JSON.stringify(images));
  const down = () => spawnSync(join(folder, "down.sh"), { env: { ...process.env, ...env }, stdio: "ignore" });
  down();
  // Before the lock is given back.
  process.prependOnceListener("exit", down);
  await run("Booting the real node", "up.sh");
  return { kubeconfig: join(STATE, "kubeconfig"), imageLayout: join(cache, "oci") };
}

/** Programs and images, each marked when it is whole: what an interrupted build left would pass for it. */
async function build(run, cache, names) {
  const programs = join(cache, "programs-built");
  if (!existsSync(programs)) {
    rmSync(cache, { recursive: true, force: true });
    mkdirSync(cache, { recursive: true });
    await runStep("Reading Debian's package lists", "apt-get", ["update", "-q"], { group: true });
    await run("Building the real node (once, about ten minutes)", "build.sh");
    writeFileSync(programs, "");
  }
  const images = join(cache, "images-built");
  const before = existsSync(images) ? readFileSync(images, "utf8") : null;
  if (before === names) return;
  rmSync(images, { force: true });
  // Other names for the same images: only the layout is made anew.
  if (before !== null) rmSync(join(cache, "oci"), { recursive: true, force: true });
  await run("Building the real node's images", "images.sh", ...(before === null ? ["-f"] : []));
  writeFileSync(images, names);
}

/** The node serves our chart's images under the names that the chart asks for. */
function chartImages(root) {
  const name = (part) => {
    const values = join(root, "charts", "dicom", "charts", part, "values.yaml");
    const { repository, tag } = parse(readFileSync(values, "utf8")).image;
    return `${repository}:${tag}`;
  };
  return { ORTHANC_IMAGE: name("orthanc"), POSTGRES_IMAGE: name("postgres") };
}

function digest(folder) {
  const hash = createHash("sha256");
  for (const name of BUILT_FROM) {
    const path = join(folder, name);
    const inside = name.includes(".")
      ? [path]
      : readdirSync(path)
          .toSorted()
          .map((file) => join(path, file));
    for (const file of inside) hash.update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}

/** As `cacheDirectory` in src/runtime/directories.ts. */
function cacheDirectory() {
  const { FLOTILLA_CACHE_DIR: own, XDG_CACHE_HOME: xdg } = process.env;
  if (own) return resolve(own);
  return join(xdg ? resolve(xdg) : join(homedir(), ".cache"), "flotilla");
}

/** Without this a signal would end us with no clean-up. */
function endOnSignals() {
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ]) {
    process.once(signal, () => process.exit(code));
  }
}
