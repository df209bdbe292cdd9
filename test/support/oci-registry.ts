import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import type { ServerCertificate } from "./certificates.ts";
import { sendBody, startLoopbackServer, type Fault, type LoopbackServer } from "./loopback-server.ts";

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";

/** How a registry lets people in. */
export interface RegistryOptions {
  readonly login?: "none" | "bearer" | "basic";
  /** Who gets in; without one, a bearer registry gives tokens to strangers. */
  readonly user?: { readonly name: string; readonly password: string };
  /** Tags on one page; all by default. */
  readonly pageSize?: number;
  /** Sends blobs from another server, as registries with a storage service do. */
  readonly blobsElsewhere?: boolean;
  /** Makes it speak HTTPS. */
  readonly certificate?: ServerCertificate;
}

/** The part of the distribution specification that reading charts needs (opencontainers/distribution-spec, v1.1). */
export interface OciRegistry extends LoopbackServer {
  /** Puts a chart under `repository:tag`, as `helm push` does. Returns the digest of the chart's own manifest. */
  readonly push: (repository: string, tag: string, archive: Buffer, shape?: PushShape) => string;
  /** Takes a tag away; what it named stays. */
  readonly untag: (repository: string, tag: string) => void;
  /** Answers with other bytes for a manifest that is asked for by its digest. */
  readonly tamper: (repository: string, digest: string) => void;
  /** Digest → how the server misbehaves when it sends that blob. */
  readonly faults: Map<string, Fault | number | "garbled">;
  /** `Authorization` headers that the server for blobs saw; undefined for requests without. */
  readonly blobLogins: readonly (string | undefined)[];
}

/** Ways in which a manifest can differ from `helm push`. */
export interface PushShape {
  /** Wraps the manifest into an index, after a manifest that is no chart. */
  readonly inIndex?: boolean;
  /** Media type of the configuration; a container image has another. */
  readonly configType?: string;
}

interface Stored {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** What a registry holds. */
class Storage {
  readonly blobs = new Map<string, Buffer>();
  /** `repository@digest` and `repository:tag` → manifest. */
  readonly manifests = new Map<string, Stored>();
  readonly tags = new Map<string, string[]>();

  #putManifest(
    repository: string,
    mediaType: string,
    document: object,
  ): { mediaType: string; digest: string; size: number } {
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...document }));
    const digest = digestOf(bytes);
    this.manifests.set(`${repository}@${digest}`, { mediaType, bytes });
    return { mediaType, digest, size: bytes.byteLength };
  }

  #putChart(
    repository: string,
    archive: Buffer,
    configType: string,
    version: string,
  ): { mediaType: string; digest: string; size: number } {
    const config = Buffer.from(JSON.stringify({ version }));
    this.blobs.set(digestOf(config), config);
    this.blobs.set(digestOf(archive), archive);
    const layerType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
    return this.#putManifest(repository, MANIFEST, {
      config: { mediaType: configType, digest: digestOf(config), size: config.byteLength },
      layers: [{ mediaType: layerType, digest: digestOf(archive), size: archive.byteLength }],
    });
  }

  push(repository: string, tag: string, archive: Buffer, shape: PushShape): string {
    const configType = shape.configType ?? "application/vnd.cncf.helm.config.v1+json";
    let top = this.#putChart(repository, archive, configType, tag.replaceAll("_", "+"));
    const inner = top.digest;
    if (shape.inIndex === true) {
      const other = this.#putChart(repository, Buffer.from("an image"), "application/vnd.oci.image.config.v1+json", "");
      top = this.#putManifest(repository, INDEX, { manifests: [other, top] });
    }
    const stored = this.manifests.get(`${repository}@${top.digest}`);
    if (stored !== undefined) {
      this.manifests.set(`${repository}:${tag}`, stored);
    }
    this.tags.set(repository, [...(this.tags.get(repository) ?? []), tag]);
    return inner;
  }

  untag(repository: string, tag: string): void {
    this.manifests.delete(`${repository}:${tag}`);
    this.tags.set(
      repository,
      (this.tags.get(repository) ?? []).filter((each) => each !== tag),
    );
  }

  tamper(repository: string, digest: string): void {
    const stored = this.manifests.get(`${repository}@${digest}`);
    if (stored !== undefined) {
      const bytes = Buffer.from(stored.bytes.toString().replace("{", "{ "));
      this.manifests.set(`${repository}@${digest}`, { ...stored, bytes });
    }
  }
}

function sendError(response: ServerResponse, status: number, code: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] }));
}

function sendTags(
  response: ServerResponse,
  url: URL,
  repository: string,
  tags: readonly string[],
  pageSize: number,
): void {
  const last = url.searchParams.get("last");
  const sorted = tags.toSorted();
  const start = last === null ? 0 : sorted.findIndex((tag) => tag === last) + 1;
  const page = sorted.slice(start, start + pageSize);
  if (start + pageSize < sorted.length) {
    response.setHeader("link", `</v2/${repository}/tags/list?n=${pageSize}&last=${page.at(-1) ?? ""}>; rel="next"`);
  }
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ name: repository, tags: page }));
}

/** Starts a registry on a free port of this machine. */
export async function startOciRegistry(options: RegistryOptions = {}): Promise<OciRegistry> {
  const { login = "none", user, pageSize = Infinity, blobsElsewhere = false, certificate } = options;
  const storage = new Storage();
  const faults: OciRegistry["faults"] = new Map();
  const blobLogins: (string | undefined)[] = [];
  const basic = user === undefined ? null : `Basic ${Buffer.from(`${user.name}:${user.password}`).toString("base64")}`;

  const sendBlob = (request: IncomingMessage, response: ServerResponse, digest: string): void => {
    blobLogins.push(request.headers.authorization);
    const bytes = storage.blobs.get(digest);
    const fault = faults.get(digest) ?? null;
    if (bytes === undefined || typeof fault === "number") {
      sendError(response, typeof fault === "number" ? fault : 404, "BLOB_UNKNOWN");
    } else if (fault === "garbled") {
      sendBody(response, Buffer.alloc(bytes.byteLength, 7), null);
    } else {
      sendBody(response, bytes, fault);
    }
  };
  const blobServer = await startLoopbackServer(
    (request, response) => sendBlob(request, response, (request.url ?? "").slice(1)),
    certificate ?? null,
  );

  const sendToken = (request: IncomingMessage, response: ServerResponse, url: URL): void => {
    if (basic !== null && request.headers.authorization !== basic) {
      sendError(response, 401, "UNAUTHORIZED");
      return;
    }
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ token: `token for ${url.searchParams.get("scope") ?? ""}` }));
  };
  /** True when the request may go on. */
  const admit = (request: IncomingMessage, response: ServerResponse, repository: string): boolean => {
    const scope = `repository:${repository}:pull`;
    const wanted = login === "bearer" ? `Bearer token for ${scope}` : login === "basic" ? basic : null;
    if (wanted === null || request.headers.authorization === wanted) {
      return true;
    }
    const realm = `${certificate === undefined ? "http" : "https"}://${request.headers.host ?? ""}/token`;
    const challenge =
      login === "basic" ? 'Basic realm="registry"' : `Bearer realm="${realm}",service="test registry",scope="${scope}"`;
    sendError(response, 401, "UNAUTHORIZED", { "www-authenticate": challenge });
    return false;
  };
  const server = await startLoopbackServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://x");
    if (url.pathname === "/token") {
      sendToken(request, response, url);
      return;
    }
    const match = /^\/v2\/(.+)\/(tags|manifests|blobs)\/(.+)$/.exec(url.pathname);
    const [, repository = "", kind = "", name = ""] = match ?? [];
    if (!admit(request, response, repository)) {
      return;
    }
    const tags = storage.tags.get(repository);
    if (tags === undefined) {
      sendError(response, 404, "NAME_UNKNOWN");
    } else if (kind === "tags") {
      sendTags(response, url, repository, tags, pageSize);
    } else if (kind === "blobs" && blobsElsewhere) {
      response.writeHead(307, { location: `${blobServer.url}/${name}` }).end();
    } else if (kind === "blobs") {
      sendBlob(request, response, name);
    } else {
      const manifest = storage.manifests.get(`${repository}:${name}`) ?? storage.manifests.get(`${repository}@${name}`);
      if (manifest === undefined) {
        sendError(response, 404, "MANIFEST_UNKNOWN");
      } else {
        response.writeHead(200, { "content-type": manifest.mediaType }).end(manifest.bytes);
      }
    }
  }, certificate ?? null);
  return {
    ...server,
    push: (repository, tag, archive, shape = {}) => storage.push(repository, tag, archive, shape),
    untag: (repository, tag) => storage.untag(repository, tag),
    tamper: (repository, digest) => storage.tamper(repository, digest),
    faults,
    blobLogins,
    close: async () => {
      await Promise.all([server.close(), blobServer.close()]);
    },
  };
}
