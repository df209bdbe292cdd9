import { once } from "node:events";
import type { Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { connectCluster } from "../../src/operations/connect-cluster.ts";
import { answer, type FakeCluster, refuse, startFakeCluster } from "../kube/fake-cluster.ts";
import { sampleStack } from "../support/sample-stack.ts";
import { recordingContext } from "../support/temp-cache.ts";

let api: FakeCluster;

afterEach(() => api.close());

test.for([
  ["does not answer well", 500, "InternalError", "api-failed"],
  ["is another platform", 403, "Forbidden", "target-refused"],
] as const)("a cluster that %s is left without an open connection", async ([, status, reason, code]) => {
  const sockets = new Set<Socket>();
  api = await startFakeCluster(({ path }, response) => {
    // Nobody but the client ends a connection that is idle.
    response.setHeader("connection", "keep-alive");
    response.on("finish", () => response.req.socket.setTimeout(0));
    sockets.add(response.req.socket);
    if (path === "/version") answer(response, 200, { gitVersion: "v1.36.0-eks-1" });
    else refuse(response, status, reason, 'User "bob" cannot list resource "nodes"');
  });
  const stack = {
    ...sampleStack("/flotilla.yaml", []),
    environment: { name: "prod", profile: "aks", context: "fake" },
  };
  const options = { sandbox: null, kubeconfig: api.kubeconfig, context: null, interactive: false, changes: true };
  await expect(connectCluster(stack, options, recordingContext())).rejects.toMatchObject({ code });
  await Promise.all([...sockets].map((socket) => socket.destroyed || once(socket, "close")));
});
