import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { request } from "node:https";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cacheDirectory, packageRoot } from "../../src/runtime/directories.ts";
import { withFileLock } from "../../src/runtime/file-lock.ts";
import { pathExists } from "../../src/runtime/files.ts";
import { runGo } from "../../src/tools/go-toolchain.ts";
import { goBuildLock } from "../../src/tools/tool-cache.ts";
import { until } from "./until.ts";

/** The pseudo-version in pilot-discovery/go.mod, which is also the one that the packed charts are made from. */
const VERSION = "v0.0.0-20260827124520-eed52ebb66ad";

/** The real istiod, beside a cluster whose pods are simulated. Its ports are chosen once, so that it can be restarted. */
export interface IstiodProcess {
  /** Where its webhooks are to be found: values for the istiod chart. */
  readonly values: object;
  /** Starts it where it does not run, once its chart is installed, and waits until its webhooks answer. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** What it has printed since its last start. */
  log(): string;
}

/** Builds istiod where it is not in the cache yet (three minutes and a Go toolchain), and prepares it for a cluster. */
export async function istiodProcess(kubeconfig: string): Promise<IstiodProcess> {
  const binary = await builtIstiod();
  const [webhooks, http, grpc, secureGrpc, monitoring] = await freePorts(5);
  let child: ChildProcess | null = null;
  let folder = "";
  let output = "";
  const address = (port: number | undefined): string => `127.0.0.1:${port}`;
  const args = [
    "discovery",
    `--kubeconfig=${kubeconfig}`,
    `--httpsAddr=${address(webhooks)}`,
    `--httpAddr=${address(http)}`,
    `--grpcAddr=${address(grpc)}`,
    `--secureGRPCAddr=${address(secureGrpc)}`,
    `--monitoringAddr=${address(monitoring)}`,
    "--ctrlz_port=0",
  ];
  return {
    values: {
      global: { operatorManageWebhooks: false, configValidation: true },
      istiodRemote: { injectionURL: `https://localhost:${webhooks}/inject` },
      base: { validationURL: `https://localhost:${webhooks}/validate` },
    },
    start: async () => {
      if (child && isRunning(child)) return;
      output = "";
      // A folder of its own: it reads and writes some files beside itself.
      folder = await mkdtemp(join(tmpdir(), "istiod-"));
      const started = spawn(binary, args, { cwd: folder, env: { ...process.env, ...ENVIRONMENT } });
      child = started;
      for (const stream of [started.stdout, started.stderr]) {
        stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
      }
      const serving = await until(() => answers(webhooks ?? 0), 60_000);
      if (!serving) throw new Error(`istiod does not serve its webhooks:\n${output.slice(-4000)}`);
    },
    stop: async () => {
      if (!child) return;
      if (isRunning(child)) {
        const ended = once(child, "exit");
        child.kill("SIGKILL");
        await ended;
      }
      child = null;
      await rm(folder, { recursive: true, force: true });
    },
    log: () => output,
  };
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

/** Its certificate is for host names only: with this one, no name has to be made known to the machine. */
const ENVIRONMENT = {
  ISTIOD_CUSTOM_HOST: "localhost",
  POD_NAMESPACE: "istio-system",
  POD_NAME: "istiod-beside",
  REVISION: "default",
  PILOT_CERT_PROVIDER: "istiod",
  CLUSTER_ID: "Kubernetes",
};

async function builtIstiod(): Promise<string> {
  const { signal } = new AbortController();
  const target = join(cacheDirectory(), "tools", "pilot-discovery", VERSION, "pilot-discovery");
  await withFileLock(
    goBuildLock(),
    async () => {
      if (await pathExists(target)) return;
      await mkdir(dirname(target), { recursive: true });
      const work = await mkdtemp(`${dirname(target)}.`);
      try {
        for (const file of ["go.mod", "go.sum"]) {
          await copyFile(join(packageRoot(), "test", "support", "pilot-discovery", file), join(work, file));
        }
        const options = { cwd: work, signal };
        await runGo(["build", "-trimpath", "-mod=readonly", "-ldflags", "-s -w", "-o", "built/", "tool"], options);
        await rename(join(work, "built", "pilot-discovery"), target);
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    },
    { signal },
  );
  return target;
}

/** Any answer will do: who asks without a body is told that it is wrong. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request({ host: "127.0.0.1", port, path: "/inject", method: "POST", rejectUnauthorized: false });
    call.once("response", (response) => {
      response.resume();
      resolve(true);
    });
    call.once("error", () => resolve(false));
    call.end();
  });
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) server.close();
  return ports;
}
