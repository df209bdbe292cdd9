import { type AddressInfo, type Server, createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { allocatePorts, areFree } from "../../src/sandbox/ports.ts";

const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function listen(port: number): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

test("a sandbox's ports are free, different, and below those that outgoing connections take", async () => {
  const ports = Object.values(await allocatePorts(new Set())) as number[];
  expect(new Set(ports).size).toBe(6);
  for (const port of ports) {
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_768);
    expect(await listen(port)).toBe(port);
  }
});

test("ports that somebody listens on count as taken", async () => {
  const ports = await allocatePorts(new Set());
  expect(await areFree(ports)).toBe(true);
  await listen(ports.scheduler);
  expect(await areFree(ports)).toBe(false);
});

test("blocks that other sandboxes have on record are not given out again", async () => {
  const all = new Set(Array.from({ length: (32_000 - 20_000) / 8 }, (_, index) => 20_000 + index * 8));
  await expect(allocatePorts(all)).rejects.toMatchObject({ code: "sandbox-failed" });
});
