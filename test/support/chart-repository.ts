import { createHash } from "node:crypto";

import type { ServerCertificate } from "./certificates.ts";
import { startLoopbackServer, sendBody, type Fault, type LoopbackServer } from "./loopback-server.ts";

/** An HTTP chart repository whose files a test can change while it runs. */
export interface ChartRepository extends LoopbackServer {
  /** Path (`/index.yaml`) → bytes. */
  readonly files: Map<string, Buffer>;
  /** Path → how the server misbehaves there. */
  readonly faults: Map<string, Fault | number>;
}

/** One chart version in an index. */
export interface Indexed {
  readonly name: string;
  readonly version: string;
  readonly bytes: Buffer;
  /** `NAME-VERSION.tgz` by default. */
  readonly url?: string;
  /** Of the bytes by default; null leaves it out. */
  readonly digest?: string | null;
}

/** The text of an index.yaml as `helm repo index` lays it out. */
export function indexText(charts: readonly Indexed[]): string {
  const names = [...new Set(charts.map(({ name }) => name))].toSorted();
  const blocks = names.map((name) => {
    const items = charts.filter((chart) => chart.name === name).map(indexItem);
    return `  ${name}:\n${items.join("")}`;
  });
  return `apiVersion: v1\nentries:\n${blocks.join("")}generated: "2026-01-01T00:00:00Z"\n`;
}

function indexItem({ name, version, bytes, url, digest }: Indexed): string {
  const hex = digest === undefined ? createHash("sha256").update(bytes).digest("hex") : digest;
  const digestLine = hex === null ? "" : `    digest: ${hex}\n`;
  // The description reads like an index itself: what stands in a text is no entry.
  const description = "    description: |-\n      entries:\n        other:\n        - version: 9.9.9\n";
  return (
    `  - apiVersion: v2\n    appVersion: "1.0"\n${description}${digestLine}    name: ${name}\n` +
    `    urls:\n    - ${url ?? `${name}-${version}.tgz`}\n    version: ${version}\n`
  );
}

/** How a repository lets people in. */
export interface RepositoryOptions {
  /** Makes it speak HTTPS. */
  readonly certificate?: ServerCertificate;
  /** Who gets in; everybody without one. */
  readonly user?: { readonly username: string; readonly password: string };
}

/** Serves the charts and their index; answers conditional requests. */
export async function startChartRepository(
  charts: readonly Indexed[],
  { certificate, user }: RepositoryOptions = {},
): Promise<ChartRepository> {
  const login = user && `Basic ${Buffer.from(`${user.username}:${user.password}`).toString("base64")}`;
  const files = new Map<string, Buffer>(charts.map(({ name, version, bytes }) => [`/${name}-${version}.tgz`, bytes]));
  files.set("/index.yaml", Buffer.from(indexText(charts)));
  const faults = new Map<string, Fault | number>();
  const server = await startLoopbackServer((request, response) => {
    if (login !== undefined && request.headers.authorization !== login) {
      response.writeHead(401).end();
      return;
    }
    const path = new URL(request.url ?? "/", "http://x").pathname;
    const fault = faults.get(path) ?? null;
    const body = files.get(path);
    if (typeof fault === "number" || body === undefined) {
      response.writeHead(typeof fault === "number" ? fault : 404).end();
      return;
    }
    const etag = `"${createHash("sha256").update(body).digest("hex")}"`;
    if (request.headers["if-none-match"] === etag) {
      response.writeHead(304).end();
      return;
    }
    response.setHeader("etag", etag);
    sendBody(response, body, fault);
  }, certificate ?? null);
  return { ...server, files, faults };
}
