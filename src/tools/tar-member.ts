import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { FlotillaError } from "../model/errors.ts";
import { abortError } from "../runtime/abort.ts";

/** No tool's binary is bigger than this many bytes; an archive that says otherwise is not what it seems. */
const MAX_BINARY_BYTES = 1024 ** 3;

/**
 * Writes one member of a tar.gz to a file. Nothing else in the archive is unpacked, and no name out of it becomes a path.
 * @throws FlotillaError `tool-failed` when the archive is damaged, or holds no such file, or one that is too big;
 *   `interrupted` on abort
 */
export async function extractMember(
  archive: string,
  member: string,
  destination: string,
  signal: AbortSignal,
): Promise<void> {
  const entries = extract();
  // Ends early, with an error nobody needs, when the member was found; faults before that come out of the loop.
  const feeding = pipeline(createReadStream(archive), createGunzip(), entries, { signal }).catch(() => {});
  try {
    for await (const entry of entries) {
      const { name, type, size } = entry.header;
      if (name.replace(/^\.\//, "") !== member || type !== "file") {
        entry.resume();
        continue;
      }
      if ((size ?? 0) > MAX_BINARY_BYTES) {
        throw new FlotillaError("tool-failed", `${member} in ${archive} is too big: ${size} bytes.`);
      }
      await pipeline(entry, createWriteStream(destination, { flags: "wx" }), { signal });
      return;
    }
  } catch (error) {
    if (signal.aborted) throw abortError(signal);
    if (error instanceof FlotillaError) throw error;
    throw new FlotillaError("tool-failed", `${archive} cannot be unpacked: ${String(error)}.`, { cause: error });
  } finally {
    entries.destroy();
    await feeding;
  }
  throw new FlotillaError("tool-failed", `${archive} holds no ${member}.`);
}
