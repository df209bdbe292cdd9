import type { ServerResponse } from "node:http";
import { answer, type FakeCluster, type SeenRequest, startFakeCluster } from "./fake-cluster.ts";

/** What the fake API server does with one list or watch; the streams stay open unless it ends them. */
export type Scene = (response: ServerResponse, request: SeenRequest) => void;

/** A fake cluster that plays lists and watches in the order given; the last scene of each goes on. */
export function startWatchedCluster(lists: readonly Scene[], watches: readonly Scene[]): Promise<FakeCluster> {
  let listed = 0;
  let watched = 0;
  return startFakeCluster((request, response) => {
    const scene = request.query.has("watch")
      ? watches[Math.min(watched++, watches.length - 1)]
      : lists[Math.min(listed++, lists.length - 1)];
    scene?.(response, request);
  });
}

/** A list of ConfigMaps. */
export function listOf(resourceVersion: string, ...names: readonly string[]): Scene {
  const items = names.map((name) => ({ metadata: { name, resourceVersion } }));
  return (response) => answer(response, 200, { metadata: { resourceVersion }, items });
}

/** One event as a line. */
export function line(type: string, resourceVersion: string, name?: string): string {
  return `${JSON.stringify({ type, object: { kind: "ConfigMap", apiVersion: "v1", metadata: { name, resourceVersion } } })}\n`;
}

/** Sends lines and leaves the stream open. */
export function open(...lines: readonly string[]): Scene {
  return (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    for (const each of lines) response.write(each);
  };
}

/** Sends lines and ends the stream properly. */
export function closing(...lines: readonly string[]): Scene {
  return (response) => void response.writeHead(200).end(lines.join(""));
}

/** Sends text and cuts the connection. */
export function cut(text: string): Scene {
  return (response) => void response.writeHead(200).write(text, () => response.destroy());
}
