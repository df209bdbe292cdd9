import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { FlotillaError } from "../model/errors.ts";

/** The ports of a sandbox's servers, all on 127.0.0.1. */
export interface SandboxPorts {
  readonly apiServer: number;
  readonly etcd: number;
  readonly etcdPeer: number;
  readonly controllerManager: number;
  readonly scheduler: number;
  readonly kwok: number;
}

/** The URL of a sandbox's API server. */
export function apiServerUrl(ports: SandboxPorts): string {
  return `https://127.0.0.1:${ports.apiServer}`;
}

/** Sandboxes get blocks of this many ports. */
const BLOCK = 8;

/** Below the ranges from which operating systems take ports for outgoing connections (Linux 32768, macOS 49152). */
const FIRST = 20_000;
const LAST = 32_000;

const ATTEMPTS = 200;

/**
 * A block of ports that no other sandbox has recorded and nobody listens on. It is drawn by lot: sandboxes of other
 * users and other state directories, which we do not see, then seldom draw the same one.
 * @param taken - first ports of the blocks that other sandboxes have
 * @throws FlotillaError `sandbox-failed` when there is none
 */
export async function allocatePorts(taken: ReadonlySet<number>): Promise<SandboxPorts> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const first = FIRST + BLOCK * randomInt((LAST - FIRST) / BLOCK);
    const ports = blockAt(first);
    if (!taken.has(first) && (await areFree(ports))) return ports;
  }
  throw new FlotillaError("sandbox-failed", `No free ports between ${FIRST} and ${LAST} on 127.0.0.1.`, {
    hint: "List the sandboxes with `flotilla sandbox status` and take down what is not needed.",
  });
}

function blockAt(first: number): SandboxPorts {
  return {
    apiServer: first,
    etcd: first + 1,
    etcdPeer: first + 2,
    controllerManager: first + 3,
    scheduler: first + 4,
    kwok: first + 5,
  };
}

/** How long the ports of processes that were just killed may take to be given back, in milliseconds. */
const RELEASE_MS = 1_000;

/** True as soon as nobody listens on any of the ports; false when somebody still does after a second. */
export async function becomeFree(ports: SandboxPorts): Promise<boolean> {
  const deadline = performance.now() + RELEASE_MS;
  for (;;) {
    if (await areFree(ports)) return true;
    if (performance.now() > deadline) return false;
    await sleep(20);
  }
}

/** True when nobody listens on any of the ports. */
export async function areFree(ports: SandboxPorts): Promise<boolean> {
  const free = await Promise.all(Object.values(ports).map((port: number) => isFree(port)));
  return free.every(Boolean);
}

/** True when nobody listens on the port on 127.0.0.1. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
