import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { basename, join } from "node:path";
import { Transform, type TransformCallback } from "node:stream";
import { pipeline } from "node:stream/promises";
import { FlotillaError } from "../model/errors.ts";
import { type HttpResponse, httpRequest, networkError } from "../runtime/http.ts";
import { publishedDigest } from "./checksum.ts";
import { mirrored } from "./mirror.ts";
import { extractMember } from "./tar-member.ts";
import type { TellProgress } from "./task.ts";
import type { UnreachableHosts } from "./unreachable-hosts.ts";
import type { ReleaseFile } from "./versions.ts";

/** How a download is made. */
export interface DownloadOptions {
  readonly signal: AbortSignal;
  /** Takes how far it is: `34.2 of 81.9 MB`. */
  readonly tell: TellProgress;
  /** Told of a host that does not answer. */
  readonly unreachable: UnreachableHosts;
  /** Milliseconds that may pass without a byte; 30,000 by default. */
  readonly stallTimeoutMs?: number;
}

/** A release host that does not answer within this many milliseconds is out of reach: a build is the better way then. */
const CONNECT_TIMEOUT_MS = 3000;
/** No release file and no list of checksums is bigger than this many bytes. */
const MAX_DOWNLOAD_BYTES = 1024 ** 3;
const MAX_CHECKSUM_BYTES = 8 * 1024 ** 2;

/**
 * Downloads a release's binary into a folder; what comes back has the published checksum.
 * @returns the binary's path, not yet executable
 * @throws FlotillaError `source-unreachable` for a host that does not answer, a cut or a stalled transfer;
 *   `tool-failed` for any status but 200 and for a missing checksum; `digest-mismatch`; `interrupted` on abort
 */
export async function downloadBinary(release: ReleaseFile, folder: string, options: DownloadOptions): Promise<string> {
  const fileName = basename(new URL(release.url).pathname);
  const expected = await fetchDigest(release, fileName, options);
  const url = mirrored(release.url);
  const downloaded = join(folder, fileName);
  const digest = await transfer(await get(url, options), url, downloaded, options);
  if (digest !== expected) {
    throw new FlotillaError(
      "digest-mismatch",
      `${url} is not what was released: its SHA-256 is ${digest}, published is ${expected}. It was not used.`,
      { hint: "Something between here and the release changes or damages files: a proxy, a mirror, a cache." },
    );
  }
  if (release.member === null) return downloaded;
  const binary = join(folder, `${fileName}.member`);
  await extractMember(downloaded, release.member, binary, options.signal);
  return binary;
}

async function fetchDigest(release: ReleaseFile, fileName: string, options: DownloadOptions): Promise<string> {
  const url = mirrored(release.checksum.url);
  const response = await get(url, options);
  const digest = publishedDigest(await response.text(MAX_CHECKSUM_BYTES), release.checksum.form, fileName);
  if (digest !== null) return digest;
  throw new FlotillaError("tool-failed", `${url} publishes no SHA-256 of ${fileName}: it was not downloaded.`);
}

/** Only an answer with a body that is worth reading. */
async function get(url: string, options: DownloadOptions): Promise<HttpResponse> {
  const response = await httpRequest(url, {
    signal: options.signal,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    ...(options.stallTimeoutMs === undefined ? {} : { stallTimeoutMs: options.stallTimeoutMs }),
  }).catch((error: unknown) => {
    if (error instanceof FlotillaError && error.code === "source-unreachable") options.unreachable.remember(url, error);
    throw error;
  });
  if (response.status === 200) return response;
  await response.discard();
  throw new FlotillaError("tool-failed", `${url} answered with HTTP ${response.status}.`);
}

/** Writes the body to a file and returns the SHA-256 of what was written. */
async function transfer(
  response: HttpResponse,
  url: string,
  destination: string,
  options: DownloadOptions,
): Promise<string> {
  const hash = createHash("sha256");
  const length = Number(response.headers["content-length"] ?? Number.NaN);
  let received = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
      received += chunk.length;
      hash.update(chunk);
      options.tell(Number.isNaN(length) ? megabytes(received) : `${amount(received)} of ${megabytes(length)}`);
      const tooBig = received > MAX_DOWNLOAD_BYTES;
      done(tooBig ? new FlotillaError("tool-failed", `${url} is too big for a tool.`) : null, chunk);
    },
  });
  try {
    await pipeline(response.body, meter, createWriteStream(destination, { flags: "wx" }), { signal: options.signal });
  } catch (error) {
    if (isLocalFault(error)) throw error;
    throw networkError(url, error, options.signal);
  }
  if (!Number.isNaN(length) && received !== length) {
    throw new FlotillaError("source-unreachable", `${url} was cut off after ${received} of ${length} bytes.`);
  }
  return hash.digest("hex");
}

/** A fault of our own disk, not of the network. */
function isLocalFault(error: unknown): boolean {
  return error instanceof Error && "syscall" in error && (error.syscall === "write" || error.syscall === "open");
}

function amount(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function megabytes(bytes: number): string {
  return `${amount(bytes)} MB`;
}
