import { createHash } from "node:crypto";
import { basename } from "node:path";
import { gzipSync } from "node:zlib";

import { FlotillaError } from "../model/errors.ts";
import { ARCHIVE_LIMITS } from "./limits.ts";
import type { ChartFile } from "./pack-chart.ts";

/** Raised when the chart around the manifests changes, so that it is built anew. */
const LAYOUT = 1;
/** What a Secret may hold (kubernetes, pkg/apis/core/types.go, MaxSecretSize): Helm keeps a release in one. */
const SECRET_BYTES = 2 ** 20;

/** A file of plain manifests. */
export interface ManifestFile {
  /** For people: where it was read. */
  readonly path: string;
  readonly content: Buffer;
}

/** A chart around manifests, not yet packed. */
export interface WrappedManifests {
  /** `sha256:…` over the release's name and every piece, in order. */
  readonly digest: string;
  readonly version: string;
  /** In the order in which they are packed. */
  readonly files: readonly ChartFile[];
}

/** A part of a file that is small enough for a chart. */
interface Piece {
  /** Unique, and safe in a path and in a template. */
  readonly name: string;
  readonly content: Buffer;
}

/**
 * A file in parts that helm takes: it refuses files above 5 MiB. The marker at the left margin always begins a document
 * in YAML, whatever text it seems to stand in (yaml.org/spec/1.2.2, section 9.1.2).
 */
function cut(content: Buffer): readonly Buffer[] {
  if (content.byteLength <= ARCHIVE_LIMITS.fileBytes) {
    return [content];
  }
  return content
    .toString("utf8")
    .split(/^(?=---(?:\s|$))/m)
    .map((text) => Buffer.from(text));
}

function toPieces(files: readonly ManifestFile[]): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const { path, content } of files) {
    const plain = basename(path)
      .replaceAll(/[^A-Za-z0-9._-]/g, "-")
      .replace(/\.(?:ya?ml|json)$/i, "");
    for (const part of cut(content)) {
      if (part.byteLength > ARCHIVE_LIMITS.fileBytes) {
        throw tooLarge(`An object in ${path}`, part.byteLength, ARCHIVE_LIMITS.fileBytes);
      }
      pieces.push({ name: `${String(pieces.length + 1).padStart(3, "0")}-${plain}.yaml`, content: part });
    }
  }
  return pieces;
}

function tooLarge(what: string, bytes: number, limit: number): FlotillaError {
  return new FlotillaError(
    "chart-invalid",
    `${what} is too large for a Helm release: ${Math.ceil(bytes / 1024)} KiB of ${limit / 1024}.`,
    { hint: "Spread the manifests over several releases." },
  );
}

/**
 * Helm keeps chart and manifest, compressed, in one Secret: what would not fit is refused before anything is installed.
 * An estimate from the same steps that helm takes (helm.sh/helm, pkg/storage/driver/util.go).
 */
function checkReleaseSize(name: string, pieces: readonly Piece[]): void {
  const release = JSON.stringify({
    chart: { files: pieces.map((piece) => ({ name: piece.name, data: piece.content.toString("base64") })) },
    manifest: pieces.map(({ content }) => content.toString("utf8")).join("\n---\n"),
  });
  const bytes = Math.ceil((gzipSync(release, { level: 9 }).byteLength * 4) / 3);
  if (bytes > SECRET_BYTES) {
    throw tooLarge(`What the release ${name} holds`, bytes, SECRET_BYTES);
  }
}

/**
 * Makes a chart of plain manifests. Each file goes into it as it is, and a template emits it with `.Files.Get`: braces in
 * a manifest are text, not instructions. The same contents give the same chart.
 * @param name - of the release, and so of the chart
 * @throws FlotillaError `chart-invalid` when there is nothing in it, or too much for a Helm release
 */
export function wrapManifests(name: string, files: readonly ManifestFile[]): WrappedManifests {
  const pieces = toPieces(files);
  if (pieces.every(({ content }) => content.toString("utf8").trim() === "")) {
    throw new FlotillaError("chart-invalid", `The release ${name} has no manifests: ${listed(files)}.`, {
      hint: "Check the paths under `manifests` in the stack file; they are relative to that file.",
    });
  }
  checkReleaseSize(name, pieces);
  const hash = createHash("sha256").update(`flotilla manifests ${LAYOUT}\0${name}\0`);
  for (const { name: piece, content } of pieces) {
    hash.update(`${piece}\0${content.byteLength}\0`).update(content);
  }
  const digest = hash.digest("hex");
  const version = `0.0.0+${digest.slice(0, 12)}`;
  const chartFile = `apiVersion: v2\nname: ${name}\nversion: ${version}\ndescription: Manifests that flotilla wrapped.\n`;
  return {
    digest: `sha256:${digest}`,
    version,
    files: [
      { path: "Chart.yaml", content: Buffer.from(chartFile) },
      ...pieces.map((piece) => ({ path: `manifests/${piece.name}`, content: piece.content })),
      ...pieces.map((piece) => ({
        path: `templates/${piece.name}`,
        content: Buffer.from(`{{ .Files.Get "manifests/${piece.name}" }}\n`),
      })),
    ],
  };
}

function listed(files: readonly ManifestFile[]): string {
  return files.length === 0 ? "no file is named" : `${files.map(({ path }) => path).join(", ")} hold nothing`;
}
