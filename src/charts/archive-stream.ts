import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";

import { extract, type ExtractEvents } from "tar-stream";

import { FlotillaError } from "../model/errors.ts";
import { ARCHIVE_LIMITS } from "./limits.ts";

/** A file, folder or link in an archive, with its bytes to come. */
export type ArchiveStreamEntry = ExtractEvents["entry"][1];

/** The error for an archive that is not taken; `fault` is the rest of the sentence. */
export function invalidArchive(where: string, fault: string, cause?: unknown): FlotillaError {
  return new FlotillaError("chart-invalid", `The chart archive ${where} ${fault}.`, {
    hint: "Charts are packed with `helm package`; get the archive anew from where you trust it.",
    cause,
  });
}

/** What an archive, with the archives in it, has used of {@link ARCHIVE_LIMITS}. */
export interface UnpackBudget {
  bytes: number;
  entries: number;
}

/** Lets bytes through until there are too many: a small archive can unpack to any size. */
function unpackedLimit(where: string, budget: UnpackBudget): Transform {
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done): void {
      budget.bytes += chunk.byteLength;
      if (budget.bytes > ARCHIVE_LIMITS.unpackedBytes) {
        done(invalidArchive(where, `unpacks to more than ${ARCHIVE_LIMITS.unpackedBytes / 2 ** 20} MiB`));
      } else {
        done(null, chunk);
      }
    },
  });
}

/**
 * The bytes of an entry.
 * @throws FlotillaError `chart-invalid` when there are more than `limit`
 */
export async function readEntry(entry: ArchiveStreamEntry, where: string, limit: number): Promise<Buffer> {
  if (entry.header.size > limit) {
    throw invalidArchive(where, `holds ${entry.header.name} with more than ${limit / 2 ** 20} MiB`);
  }
  const chunks: Uint8Array[] = [];
  // tar-stream types its chunks as unknown; they are buffers.
  for await (const chunk of entry as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Hands each entry of the archive to `visit`, until that says `stop`. Entries that are not read are skipped.
 * @throws FlotillaError `chart-invalid` when it cannot be unpacked or the budget is used up; what `visit` throws
 */
export async function eachEntry(
  bytes: Uint8Array,
  where: string,
  budget: UnpackBudget,
  visit: (entry: ArchiveStreamEntry) => Promise<"go-on" | "stop">,
): Promise<void> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) {
    throw invalidArchive(where, "is not a gzip-compressed tar file");
  }
  const unpacked = extract();
  const feeding = pipeline(
    Readable.from([bytes]),
    createGunzip({ chunkSize: 65_536 }),
    unpackedLimit(where, budget),
    unpacked,
  );
  // Its fault arrives below, through the entries; when we stop early it is of no interest.
  feeding.catch(() => undefined);
  try {
    for await (const entry of unpacked) {
      budget.entries += 1;
      if (budget.entries > ARCHIVE_LIMITS.entries) {
        throw invalidArchive(where, `has more than ${ARCHIVE_LIMITS.entries} entries`);
      }
      if ((await visit(entry)) === "stop") {
        return;
      }
      entry.resume();
    }
    await feeding;
  } catch (error) {
    throw error instanceof FlotillaError ? error : invalidArchive(where, "is damaged: it cannot be unpacked", error);
  }
}
